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
    private int _hasRun;

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
        if (Interlocked.Exchange(ref _hasRun, 1) == 1)
        {
            // A context that took it and failed.
            return;
        }

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
        if (_context is TurnContext turns)
        {
            turns.Post(static state => ((FlowWaiter)state!).Execute(), this);
        }
        else if (_scheduler is UserScheduler scheduler)
        {
            Start(scheduler);
        }
        else if (_context is null && _scheduler is null)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
        else
        {
            // What is the user's may do anything, which must not be done on this thread.
            ThreadPool.UnsafeQueueUserWorkItem(static waiter => waiter.Ask(), this, preferLocal: false);
        }
    }

    /// <summary>Asks the user's context or scheduler to go on. One that has ended, or fails, does not take the flow with it: it goes on here.</summary>
    private void Ask()
    {
        try
        {
            if (_context is not null)
            {
                _context.Post(static state => ((FlowWaiter)state!).Execute(), this);
            }
            else
            {
                Start(_scheduler!);
            }
        }
        catch (Exception) when (Volatile.Read(ref _hasRun) == 0)
        {
            Execute();
        }
    }

    private void Start(TaskScheduler scheduler) =>
        _ = Task.Factory.StartNew(static state => ((FlowWaiter)state!).Execute(), this, CancellationToken.None, TaskCreationOptions.None, scheduler);

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
