using RayOrleans.Core;
using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime;

/// <summary>Restores the next few of many objects while the one before is read, so that the disk is never idle and little memory is held.</summary>
internal sealed class ReadAhead(SpilledReads reads, ObjectEntry[] entries)
{
    private const int Window = 4;
    private readonly Queue<(int Index, Task<IReadOnlyList<StorePin>> Pins)> _started = new();
    private int _next;

    /// <summary>Starts what should be on its way when the object at an index is read; returns that one's own restore, if it has one.</summary>
    public Task? Reach(int index)
    {
        for (; _next < entries.Length && _next <= index + Window; _next++)
        {
            if (SpilledReads.Needs(entries[_next]))
            {
                _started.Enqueue((_next, reads.HoldAsync(entries[_next], CancellationToken.None)));
            }
        }

        return _started.TryPeek(out (int Index, Task<IReadOnlyList<StorePin>> Pins) first) && first.Index == index ? first.Pins : null;
    }

    /// <summary>The object at an index was read.</summary>
    public void Pass(int index)
    {
        while (_started.TryPeek(out (int Index, Task<IReadOnlyList<StorePin>> Pins) first) && first.Index <= index)
        {
            Release(_started.Dequeue().Pins);
        }
    }

    /// <summary>Lets go of what was not passed, also later.</summary>
    public void Abandon() => Pass(int.MaxValue);

    private static void Release(Task<IReadOnlyList<StorePin>> pins) => _ = pins.ContinueWith(
        static p =>
        {
            if (p.IsCompletedSuccessfully)
            {
                SpilledReads.Release(p.Result);
            }
            else
            {
                // Reading has thrown, or will throw, the same.
                _ = p.Exception;
            }
        },
        CancellationToken.None,
        TaskContinuationOptions.ExecuteSynchronously,
        TaskScheduler.Default);
}
