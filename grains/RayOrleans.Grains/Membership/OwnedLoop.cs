namespace RayOrleans.Grains;

/// <summary>
/// A thread of its own that does one short thing again and again. Not a timer of the pool: when user code starves the pool, heartbeats must
/// not stop for it.
/// </summary>
internal sealed class OwnedLoop : IDisposable
{
    private readonly Action _step;
    private readonly TimeSpan _period;
    private readonly ManualResetEventSlim _stopping = new();
    private readonly Thread _thread;

    /// <param name="name">The thread's name.</param>
    /// <param name="period">The pause between two steps.</param>
    /// <param name="step">What is done; does not throw.</param>
    public OwnedLoop(string name, TimeSpan period, Action step)
    {
        _step = step;
        _period = period;
        _thread = new Thread(Run) { IsBackground = true, Name = name };
        _thread.Start();
    }

    /// <summary>Ends the thread after the step it is in.</summary>
    public void Dispose()
    {
        _stopping.Set();
        if (Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }
    }

    private void Run()
    {
        while (!_stopping.Wait(_period))
        {
            _step();
        }
    }
}
