using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>An awaiting flow: its continuation runs where it was awaited, never on the thread that settled the object.</summary>
internal sealed class FlowWaiter : Watcher, IThreadPoolWorkItem
{
    private readonly Action _continuation;
    private readonly SynchronizationContext? _context;
    private readonly TaskScheduler? _scheduler;
    private readonly ExecutionContext? _execution;
    private readonly TaskScope? _scope;

    public FlowWaiter(Action continuation, bool flowContext, TaskScope? scope)
    {
        _continuation = continuation;
        _context = SynchronizationContext.Current;
        _scheduler = _context is null && TaskScheduler.Current != TaskScheduler.Default ? TaskScheduler.Current : null;
        _execution = flowContext ? ExecutionContext.Capture() : null;
        _scope = scope;
    }

    public override void Fire()
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

    public void Execute()
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
