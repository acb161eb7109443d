namespace RayOrleans.Core;

/// <summary>
/// What barriers let go on, one after the other: a barrier that falls while another one is worked through waits for its turn, so chains of any
/// length are walked in constant stack.
/// </summary>
internal sealed class BarrierQueue
{
    private readonly Queue<Action> _released = new();
    private bool _isRunning;

    public void Run(Action release)
    {
        if (_isRunning)
        {
            _released.Enqueue(release);
            return;
        }

        _isRunning = true;
        try
        {
            do
            {
                release();
            }
            while (_released.TryDequeue(out release!));
        }
        finally
        {
            _isRunning = false;
        }
    }
}
