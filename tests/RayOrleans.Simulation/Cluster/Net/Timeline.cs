namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>What happens when; what happens at the same time happens in an order drawn from the seed.</summary>
internal sealed class Timeline(SimRng rng)
{
    private readonly PriorityQueue<(Action Act, bool IsBackground), (long Time, ulong Order)> _queue = new();

    public long Now { get; private set; }

    /// <summary>What will happen, not counting what always happens again.</summary>
    public int Pending { get; private set; }

    public void At(long time, Action act, bool isBackground = false)
    {
        Pending += isBackground ? 0 : 1;
        _queue.Enqueue((act, isBackground), (Math.Max(time, Now), rng.NextBits()));
    }

    public void After(long delay, Action act) => At(Now + delay, act);

    /// <summary>Lets the next thing happen.</summary>
    public void Step()
    {
        _queue.TryDequeue(out (Action Act, bool IsBackground) item, out (long Time, ulong Order) at);
        Pending -= item.IsBackground ? 0 : 1;
        Now = at.Time;
        item.Act();
    }
}
