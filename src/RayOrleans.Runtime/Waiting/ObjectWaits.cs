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
        return Block(entries, 1, scope, timeout, cancellationToken, new ThreadWaiter { FailFast = true });
    }

    /// <summary>Blocks until enough of the objects are settled. False: the time was over.</summary>
    public bool Wait(ObjectEntry[] entries, int needed, bool failFast, TaskScope? scope, TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Block(entries, needed, scope ?? node.Pool.ScopeOfThread, timeout, cancellationToken, new ThreadWaiter { FailFast = failFast });
    }

    /// <summary>Blocks until enough of the objects are there, or the time is over. Returns those of them that can never be here: reading them says why.</summary>
    public IReadOnlyList<ObjectEntry> WaitAny(ObjectEntry[] entries, int needed, TaskScope? scope, TimeSpan timeout, CancellationToken cancellationToken, bool existsOnly)
    {
        cancellationToken.ThrowIfCancellationRequested();
        ThreadWaiter waiter = new() { ExistsOnly = existsOnly, IsChoice = true };
        Block(entries, needed, scope ?? node.Pool.ScopeOfThread, timeout, cancellationToken, waiter);
        return waiter.Refused ?? [];
    }

    /// <summary>Completes with true once enough of the objects are settled, with false when the time is over.</summary>
    public async ValueTask<bool> WaitAsync(ObjectEntry[] entries, int needed, bool failFast, TimeSpan timeout, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskScope? scope = TaskScope.CurrentOf(node);
        return await WaitAsync(entries, needed, timeout, scope, new TaskWaiter(scope) { FailFast = failFast }, cancellationToken);
    }

    /// <summary>As <see cref="WaitAny"/>, without blocking.</summary>
    public async ValueTask<IReadOnlyList<ObjectEntry>> WaitAnyAsync(ObjectEntry[] entries, int needed, TimeSpan timeout, CancellationToken cancellationToken, bool existsOnly)
    {
        cancellationToken.ThrowIfCancellationRequested();
        TaskScope? scope = TaskScope.CurrentOf(node);
        TaskWaiter waiter = new(scope) { ExistsOnly = existsOnly, IsChoice = true };
        await WaitAsync(entries, needed, timeout, scope, waiter, cancellationToken);
        return waiter.Refused ?? [];
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

    private async ValueTask<bool> WaitAsync(ObjectEntry[] entries, int needed, TimeSpan timeout, TaskScope? scope, TaskWaiter waiter, CancellationToken cancellationToken)
    {
        NoteWait(entries[0]);
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

    private void NoteWait(ObjectEntry entry)
    {
        if (node.Cluster is { Flow: { Wants: true } flow })
        {
            flow.Add(FlowStep.Waited, entry.TaskId, entry.Producer?.Name, entry.Id);
        }
    }

    private bool Block(ReadOnlySpan<ObjectEntry> entries, int needed, TaskScope? scope, TimeSpan timeout, CancellationToken cancellationToken, ThreadWaiter waiter)
    {
        WorkerThread? worker = WorkerThread.Current;
        bool isUnbounded = timeout == Timeout.InfiniteTimeSpan && !cancellationToken.CanBeCanceled;
        bool isOwn = scope is not null && worker?.Scope == scope;
        BlockingWait wait = new(
            scope?.Attempt,
            MayThrow: isOwn && (waiter.FailFast || isUnbounded),
            IsNoted: isOwn && isUnbounded && needed == entries.Length,
            HoldsTurn: isOwn && scope!.Turns is not null);
        NoteWait(entries[0]);
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
