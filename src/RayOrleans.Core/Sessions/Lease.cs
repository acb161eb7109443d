namespace RayOrleans.Core;

/// <summary>
/// Attempts that a process runs one after another with one grant of CPU: the first one leads, the others ride. Whoever ends, or blocks for the first time, passes the
/// grant on to the next. The node and the process keep one each, and see the same ends and blocks in the same order, so they agree on who has the grant without a word.
/// </summary>
internal sealed class Lease
{
    private readonly LinkedList<Attempt> _waiting = new();

    /// <summary>In the process: grants that nobody took, because the riders were still on their way.</summary>
    private int _free;

    /// <summary>How many wait for the grant.</summary>
    public int WaitingCount => _waiting.Count;

    /// <summary>How often the grant was passed on.</summary>
    public int Passed { get; private set; }

    /// <summary>In the process: <see cref="Passed"/> when it was last looked at.</summary>
    public int Seen { get; set; } = -1;

    /// <summary>At the node: one more rider.</summary>
    public void Add(Attempt rider)
    {
        rider.Lease = this;
        _waiting.AddLast(rider);
    }

    /// <summary>In the process: a rider has arrived. True: it has the grant at once.</summary>
    public bool Arrived(Attempt rider)
    {
        rider.Lease = this;
        if (_free > 0)
        {
            _free--;
            return true;
        }

        _waiting.AddLast(rider);
        return false;
    }

    /// <summary>The grant goes on; null: nobody waits for it.</summary>
    public Attempt? PassOn()
    {
        Passed++;
        if (_waiting.First is not { } first)
        {
            _free++;
            return null;
        }

        _waiting.RemoveFirst();
        return first.Value;
    }

    /// <summary>A rider that will not run, or not in this lease; false: it does not wait.</summary>
    public bool Remove(Attempt rider) => _waiting.Remove(rider);

    /// <summary>All that wait, in order; they wait no more.</summary>
    public IReadOnlyList<Attempt> TakeWaiting()
    {
        List<Attempt> waiting = [.. _waiting];
        _waiting.Clear();
        return waiting;
    }
}
