namespace RayOrleans.Core;

/// <summary>Something that must not happen before others have been answered. Runs once, under the engine's lock.</summary>
internal sealed class Barrier(BarrierQueue queue, Action release)
{
    private int _waiting = 1;

    /// <summary>One more answer to wait for.</summary>
    public void Add() => _waiting++;

    /// <summary>An answer came, or everything to wait for has been added.</summary>
    public void Done()
    {
        if (--_waiting == 0)
        {
            queue.Run(release);
        }
    }

    /// <summary>Lets all of the list go on.</summary>
    public static void Release(ref List<Barrier>? barriers)
    {
        List<Barrier>? released = barriers;
        barriers = null;
        foreach (Barrier barrier in released ?? [])
        {
            barrier.Done();
        }
    }
}
