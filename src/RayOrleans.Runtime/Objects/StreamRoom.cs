using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>Holds a producer that is a window of items ahead of its reader, wherever either of them runs. Its CPU is free meanwhile.</summary>
internal static class StreamRoom
{
    /// <summary>Blocks until an item with this number may be made. False: it is not wanted any more.</summary>
    public static bool Wait(NodeServices node, TaskScope scope, int index)
    {
        Attempt attempt = scope.Attempt;
        if (IsThere(attempt, index))
        {
            return true;
        }

        ThreadWaiter waiter = new();
        bool mustWait = node.Gate.Do(engine =>
        {
            if (!NodeEngine.WatchRoom(attempt, index, waiter))
            {
                return false;
            }

            engine.Block(attempt);
            return true;
        });
        if (mustWait)
        {
            WorkerThread? worker = WorkerThread.Current;
            worker?.EnterBlocked();
            try
            {
                waiter.Sleep(Timeout.InfiniteTimeSpan);
            }
            finally
            {
                worker?.LeaveBlocked();
                node.Gate.Unblock(attempt);
            }
        }

        return !attempt.IsAbandoned;
    }

    /// <summary>Completes when an item with this number may be made; with false when it is not wanted any more.</summary>
    public static ValueTask<bool> WaitAsync(NodeServices node, TaskScope scope, int index) =>
        IsThere(scope.Attempt, index) ? new ValueTask<bool>(true) : WaitLongAsync(node, scope, index);

    private static async ValueTask<bool> WaitLongAsync(NodeServices node, TaskScope scope, int index)
    {
        Attempt attempt = scope.Attempt;
        TaskWaiter waiter = new(scope);
        scope.BeginAwait();
        if (node.Gate.Do(_ => NodeEngine.WatchRoom(attempt, index, waiter)))
        {
            await waiter.Task;
        }
        else
        {
            scope.EndAwait();
        }

        return !attempt.IsAbandoned;
    }

    /// <summary>Room only grows: who sees it without the lock has it.</summary>
    private static bool IsThere(Attempt attempt, int index) => index < attempt.Task.Stream!.Until;
}
