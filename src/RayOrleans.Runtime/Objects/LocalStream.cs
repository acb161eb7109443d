using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>The reading side of a stream of this node.</summary>
internal sealed class LocalStream(NodeServices node, TaskRecord task, ObjectRef<Unit> end) : StreamSource
{
    private int _disposed;

    ~LocalStream()
    {
        // The last chance to stop a producer nobody reads; its items are let go of on a worker thread.
        if (Interlocked.Exchange(ref _disposed, 1) == 0 && node.Stopped is null)
        {
            TaskRecord abandoned = task;
            NodeServices owner = node;
            owner.Pool.Post(() => owner.Gate.Do(engine => engine.AbandonStream(abandoned)));
        }
    }

    public override TaskId TaskId => task.TaskId;

    public override async ValueTask<ObjectRef<T>?> NextAsync<T>(CancellationToken cancellationToken)
    {
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0, this);
            if (node.Gate.Do(engine => engine.TakeItem(task)) is { } item)
            {
                return new ObjectRef<T>(new LocalHold(node, item, bySubmitter: false), item);
            }

            TaskScope? scope = TaskScope.CurrentOf(node);
            TaskWaiter waiter = new(scope);
            scope?.BeginAwait();
            if (node.Gate.Do(engine => engine.WatchStream(task, waiter)))
            {
                await using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(
                    _ =>
                    {
                        if (node.Gate.Unwatch(waiter, []))
                        {
                            waiter.GiveUp();
                        }
                    },
                    null);
                await waiter.Task;
                continue;
            }

            scope?.EndAwait();
            if (node.Gate.Do(engine => engine.TakeItem(task)) is { } last)
            {
                return new ObjectRef<T>(new LocalHold(node, last, bySubmitter: false), last);
            }

            if (end.IsCompleted)
            {
                end.Hold.ThrowIfFailed(end);
                return null;
            }
        }
    }

    public override void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
        {
            GC.SuppressFinalize(this);
            node.Gate.Do(engine => engine.AbandonStream(task));
            end.Dispose();
        }
    }
}
