namespace RayOrleans.Runtime;

/// <summary>
/// Looks after worker threads whose code waits beside the runtime, as a blocking wait for the user's own asynchronous code does:
/// while such an attempt awaits objects its CPU is free for others, and its turns go on on another thread.
/// </summary>
internal sealed class StuckThreads(NodeServices node)
{
    private readonly List<(WorkerThread Thread, TaskScope Scope)> _lent = [];

    /// <summary>One round; called every few milliseconds.</summary>
    public void Check()
    {
        for (int i = _lent.Count - 1; i >= 0; i--)
        {
            (WorkerThread thread, TaskScope scope) = _lent[i];
            if (thread.Scope != scope || !thread.IsStuck)
            {
                scope.TakeBack();
                _lent.RemoveAt(i);
            }
        }

        foreach (WorkerThread thread in node.Pool.Threads())
        {
            if (!thread.IsStuck)
            {
                continue;
            }

            thread.Turn?.Relieve();
            if (thread.Scope is { } scope && scope.Lend())
            {
                _lent.Add((thread, scope));
            }
        }
    }
}
