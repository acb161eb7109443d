using RayOrleans.Core;
using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime;

/// <summary>An awaiting flow: its continuation runs where it was awaited, never on the thread that settled the object.</summary>
internal sealed class FlowWaiter : Watcher, IThreadPoolWorkItem
{
    private readonly Action _continuation;
    private readonly SynchronizationContext? _context;
    private readonly TaskScheduler? _scheduler;
    private readonly ExecutionContext? _execution;
    private readonly TaskScope? _scope;
    private readonly SpilledReads _reads;
    private readonly ObjectEntry _entry;
    private IReadOnlyList<StorePin>? _pins;

    public FlowWaiter(SpilledReads reads, ObjectEntry entry, Action continuation, bool flowContext, TaskScope? scope)
    {
        _reads = reads;
        _entry = entry;
        _continuation = continuation;
        _context = SynchronizationContext.Current;
        _scheduler = _context is null && TaskScheduler.Current != TaskScheduler.Default ? TaskScheduler.Current : null;
        _execution = flowContext ? ExecutionContext.Capture() : null;
        _scope = scope;
    }

    public override void Fire()
    {
        // A value in the store is pinned until it is read, so that nothing takes it away again in between.
        if (_entry.Value is not (StoreValue or TupleValue))
        {
            Dispatch();
            return;
        }

        _ = _reads.HoldAsync(_entry, CancellationToken.None).ContinueWith(
            static (done, state) =>
            {
                FlowWaiter waiter = (FlowWaiter)state!;

                // Whatever went wrong, reading says so.
                waiter._pins = done.IsCompletedSuccessfully ? done.Result : null;
                _ = done.Exception;
                waiter.Dispatch();
            },
            this,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    public void Execute()
    {
        try
        {
            Continue();
        }
        finally
        {
            SpilledReads.Release(_pins);
        }
    }

    private void Dispatch()
    {
        _scope?.EndAwait();
        if (_context is not null)
        {
            _context.Post(static state => ((FlowWaiter)state!).Execute(), this);
        }
        else if (_scheduler is not null)
        {
            _ = Task.Factory.StartNew(static state => ((FlowWaiter)state!).Execute(), this, CancellationToken.None, TaskCreationOptions.None, _scheduler);
        }
        else
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }

    private void Continue()
    {
        if (_execution is null)
        {
            _continuation();
        }
        else
        {
            ExecutionContext.Run(_execution, static state => ((Action)state!)(), _continuation);
        }
    }
}
