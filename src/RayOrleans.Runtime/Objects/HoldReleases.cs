using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>
/// Holds that the garbage collector found, on their way to the engine: pushed by finalizers without a lock or an allocation,
/// drained in batches by the housekeeper, or by whoever makes objects faster than it can keep up.
/// </summary>
internal sealed class HoldReleases(EngineGate gate)
{
    private const int Batch = 512;

    private LocalHold? _head;
    private SharedHolds? _shared;
    private int _count;
    private int _draining;

    /// <summary>Whether so many wait that makers of objects should help.</summary>
    public bool IsBacklogged => Volatile.Read(ref _count) > Batch;

    public void Push(LocalHold hold)
    {
        LocalHold? head = Volatile.Read(ref _head);
        while (true)
        {
            hold.Next = head;
            LocalHold? seen = Interlocked.CompareExchange(ref _head, hold, head);
            if (ReferenceEquals(seen, head))
            {
                Interlocked.Increment(ref _count);
                return;
            }

            head = seen;
        }
    }

    public void Push(SharedHold hold)
    {
        SharedHolds added = new(hold);
        SharedHolds? head;
        do
        {
            head = Volatile.Read(ref _shared);
            added.Next = head;
        }
        while (!ReferenceEquals(Interlocked.CompareExchange(ref _shared, added, head), head));
    }

    /// <summary>Lets go of everything queued. Thread-safe.</summary>
    public void Drain()
    {
        Interlocked.Increment(ref _draining);
        try
        {
            DrainQueued();
        }
        finally
        {
            Interlocked.Decrement(ref _draining);
        }
    }

    /// <summary>As <see cref="Drain"/>, and waits for others who are letting go, so that what they have taken is let go of too; for a while at most.</summary>
    public void DrainAll(TimeSpan patience)
    {
        Drain();
        SpinWait.SpinUntil(() => Volatile.Read(ref _draining) == 0, patience);
    }

    private void DrainQueued()
    {
        LocalHold? hold = Interlocked.Exchange(ref _head, null);
        Interlocked.Exchange(ref _count, 0);
        while (hold is not null)
        {
            LocalHold? first = hold;
            gate.Do(engine =>
            {
                for (int i = 0; i < Batch && first is not null; i++)
                {
                    engine.ReleaseHold(first.Entry, first.BySubmitter);
                    first = first.Next;
                }
            });
            hold = first;
        }

        for (SharedHolds? shared = Interlocked.Exchange(ref _shared, null); shared is not null; shared = shared.Next)
        {
            shared.Hold.ReleaseAll();
        }
    }

    private sealed class SharedHolds(SharedHold hold)
    {
        public SharedHold Hold { get; } = hold;

        public SharedHolds? Next { get; set; }
    }
}
