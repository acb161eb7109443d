using System.Diagnostics;
using System.Runtime.CompilerServices;
using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>Waiting for objects: by blocking (spin briefly, run the awaited task in place, sleep) and by awaiting.</summary>
internal sealed class ObjectWaits(NodeServices node)
{
    /// <summary>How long a driver thread spins before it sleeps, while a core is idle: about twice a round trip to a thread that is awake.</summary>
    private static readonly long SpinTicks = Clock.FromMilliseconds(0.02);

    /// <summary>Blocks until one object is settled. False: the time was over.</summary>
    public bool Wait(ObjectEntry entry, TaskScope? scope, TimeSpan timeout, CancellationToken cancellationToken)
    {
        if (entry.IsSettled)
        {
            return true;
        }

        scope ??= node.Pool.ScopeOfThread;
        cancellationToken.ThrowIfCancellationRequested();
        if (timeout == Timeout.InfiniteTimeSpan && !cancellationToken.CanBeCanceled
            && node.Runner.TryRunInline(entry, scope))
        {
            return true;
        }

        ReadOnlySpan<ObjectEntry> entries = new(ref entry);
        return Block(entries, 1, failFast: true, scope, timeout, cancellationToken);
    }

    /// <summary>Blocks until enough of the objects are settled. False: the time was over.</summary>
    public bool Wait(
        ObjectEntry[] entries, int needed, bool failFast, TaskScope? scope, TimeSpan timeout, CancellationToken cancellationToken, bool existsOnly = false, bool isChoice = false)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Block(entries, needed, failFast, scope ?? node.Pool.ScopeOfThread, timeout, cancellationToken, existsOnly, isChoice);
    }

    /// <summary>Completes with true once enough of the objects are settled, with false when the time is over.</summary>
    public async ValueTask<bool> WaitAsync(
        ObjectEntry[] entries, int needed, bool failFast, TimeSpan timeout, CancellationToken cancellationToken, bool existsOnly = false, bool isChoice = false)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskScope? scope = TaskScope.CurrentOf(node);
        NoteWait(entries[0]);
        TaskWaiter waiter = new(scope) { FailFast = failFast, ExistsOnly = existsOnly, IsChoice = isChoice };
        scope?.BeginAwait();
        if (!node.Gate.Watch(waiter, entries, needed, scope?.Attempt))
        {
            scope?.EndAwait();
            return true;
        }

        if (timeout == Timeout.InfiniteTimeSpan && !cancellationToken.CanBeCanceled)
        {
            return await waiter.Task && Here(waiter);
        }

        using CancellationTokenSource timer = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (timeout != Timeout.InfiniteTimeSpan)
        {
            timer.CancelAfter(timeout);
        }

        await using CancellationTokenRegistration registration = timer.Token.UnsafeRegister(
            _ =>
            {
                if (node.Gate.Unwatch(waiter, entries))
                {
                    waiter.GiveUp();
                }
            },
            null);
        bool fired = await waiter.Task;
        if (!fired)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return fired && Here(waiter);
    }

    /// <summary>Runs the continuation once the object is settled.</summary>
    public void OnCompleted(ObjectRef reference, Action continuation, bool flowContext)
    {
        ObjectEntry entry = (ObjectEntry)reference.Target;
        TaskScope? scope = TaskScope.CurrentOf(node);
        NoteWait(entry);
        FlowWaiter waiter = new(node.Spilled, entry, continuation, flowContext, scope);
        scope?.BeginAwait();
        if (!node.Gate.Watch(waiter, new ReadOnlySpan<ObjectEntry>(ref entry), 1, scope?.Attempt))
        {
            waiter.Fire();
        }

        GC.KeepAlive(reference);
    }

    private void NoteWait(ObjectEntry entry)
    {
        if (node.Cluster is { Flow: { Wants: true } flow })
        {
            flow.Add(FlowStep.Waited, entry.TaskId, entry.Producer?.Name, entry.Id);
        }
    }

    private bool Block(
        ReadOnlySpan<ObjectEntry> entries, int needed, bool failFast, TaskScope? scope, TimeSpan timeout, CancellationToken cancellationToken, bool existsOnly = false, bool isChoice = false)
    {
        WorkerThread? worker = WorkerThread.Current;
        bool isUnbounded = timeout == Timeout.InfiniteTimeSpan && !cancellationToken.CanBeCanceled;
        bool isOwn = scope is not null && worker?.Scope == scope;
        BlockingWait wait = new(
            scope?.Attempt,
            MayThrow: isOwn && (failFast || isUnbounded),
            IsNoted: isOwn && isUnbounded && needed == entries.Length,
            HoldsTurn: isOwn && scope!.Turns is not null);
        NoteWait(entries[0]);
        ThreadWaiter waiter = new() { FailFast = failFast, ExistsOnly = existsOnly, IsChoice = isChoice };
        if (!node.Gate.Block(waiter, entries, needed, in wait, out ObjectEntry? hopeless))
        {
            return hopeless is null ? true : throw Deadlock(wait.Attempt!, hopeless);
        }

        bool fired;
        if (worker is null && timeout != TimeSpan.Zero && node.Pool.MaySpin && waiter.Spin(SpinTicks))
        {
            fired = true;
        }
        else
        {
            worker?.EnterBlocked();
            try
            {
                using CancellationTokenRegistration registration = cancellationToken.UnsafeRegister(static w => ((ThreadWaiter)w!).Cancel(), waiter);
                fired = waiter.Sleep(timeout);
            }
            finally
            {
                worker?.LeaveBlocked();
            }
        }

        if (!fired)
        {
            fired = !node.Gate.Unwatch(waiter, entries);
        }

        if (scope is not null)
        {
            node.Gate.Unblock(scope.Attempt, wait.IsNoted);
        }

        if (!fired)
        {
            cancellationToken.ThrowIfCancellationRequested();
        }

        return fired && Here(waiter);
    }

    /// <summary>Whether the wait ended with what was waited for.</summary>
    /// <exception cref="ObjectStoreFullException">This node's store has no room for it.</exception>
    private bool Here(Watcher fired) => fired.Refusal is { } refusal ? throw FailureErrors.NoRoom(refusal, node) : true;

    private static ActorDeadlockException Deadlock(Attempt waiter, ObjectEntry hopeless) => new(
        $"{waiter.Task.Name} waits for {hopeless.Producer?.Name ?? hopeless.Id.ToString()}, which is queued behind a method of an actor that waits for it: neither could ever go on. " +
        "Await the call in an asynchronous method, raise the actor's maxConcurrency, or return the reference instead of waiting for it.");
}
