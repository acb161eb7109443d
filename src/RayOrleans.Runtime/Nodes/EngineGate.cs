using System.Runtime.CompilerServices;
using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>
/// The engine behind its one short lock. Whoever has an event applies it here and carries out the returned effects after the lock is
/// released; nothing runs user code, blocks or allocates much inside.
/// </summary>
internal sealed class EngineGate(NodeEngine engine, EffectRunner effects)
{
    private const int StartableLimit = 64;

    [ThreadStatic]
    private static Effect[]? t_buffer;

    private readonly Lock _lock = new();
    private int _startable;

    /// <summary>The pool that executes attempts; set once.</summary>
    public WorkerPool Pool { get; set; } = null!;

    /// <summary>How many attempts could start, as of the last command. Read without the lock by threads that look for work.</summary>
    public int StartableHint => Volatile.Read(ref _startable);

    public void Submit(TaskRecord task)
    {
        Effect[] buffer;
        int count;
        lock (_lock)
        {
            engine.Submit(task);
            count = Leave(out buffer);
        }

        After(buffer, count);
    }

    /// <summary>Submits a task that runs in another process of this node, and starts it at once where nothing else is ready: whoever submits hands it over.</summary>
    public Attempt? SubmitElsewhere(TaskRecord task)
    {
        Effect[] buffer;
        int count;
        Attempt? attempt;
        lock (_lock)
        {
            engine.Submit(task);
            attempt = task.State == Core.TaskState.Ready && engine.ReadyTasks == 1 ? engine.TryStartElsewhere() : null;
            count = Leave(out buffer);
        }

        After(buffer, count);
        return attempt;
    }

    /// <summary>Starts the next task that runs in another process of this node.</summary>
    public Attempt? TryStartElsewhere()
    {
        Effect[] buffer;
        int count;
        Attempt? attempt;
        lock (_lock)
        {
            attempt = engine.TryStartElsewhere();
            count = Leave(out buffer);
        }

        After(buffer, count);
        return attempt;
    }

    public void Put(ObjectEntry entry, object? value, long size, ObjectEntry[]? contained)
    {
        lock (_lock)
        {
            engine.Put(entry, value, size, contained);
        }
    }

    /// <summary>As <see cref="Put"/>, of a value in the store that two nodes are to keep; what settles once they do, or null where there is no other node.</summary>
    public ObjectEntry? PutReplicated(ObjectEntry entry, object? value, long size, ObjectEntry[]? contained) => Do(e =>
    {
        e.Put(entry, value, size, contained, isReplicated: true);
        return e.Cluster?.Replicate(entry);
    });

    public void ReleaseHold(ObjectEntry entry, bool bySubmitter)
    {
        Effect[] buffer;
        int count;
        lock (_lock)
        {
            engine.ReleaseHold(entry, bySubmitter);
            count = Leave(out buffer);
        }

        After(buffer, count);
    }

    /// <summary>Completes one attempt and starts the next, in one go. The caller tells the pool about what else can start.</summary>
    public Attempt? CompleteAndStart(Attempt? ended, in Outcome outcome, long now, bool startNext, out bool accepted)
    {
        Effect[] buffer;
        int count;
        Attempt? next = null;
        accepted = false;
        lock (_lock)
        {
            if (ended is not null)
            {
                accepted = engine.Complete(ended, in outcome, now);
            }

            if (startNext)
            {
                next = engine.TryStart(Pool.AtThreadBound);
            }

            count = Leave(out buffer);
        }

        Run(buffer, count);
        return next;
    }

    /// <summary>Runs any command under the lock. For the colder paths: the delegate may capture.</summary>
    public T Do<T>(Func<NodeEngine, T> command)
    {
        Effect[] buffer;
        int count;
        T result;
        lock (_lock)
        {
            result = command(engine);
            count = Leave(out buffer);
        }

        After(buffer, count);
        return result;
    }

    /// <summary>Runs any command under the lock. For the colder paths: the delegate may capture.</summary>
    public void Do(Action<NodeEngine> command)
    {
        Effect[] buffer;
        int count;
        lock (_lock)
        {
            command(engine);
            count = Leave(out buffer);
        }

        After(buffer, count);
    }

    /// <summary>Registers a watcher of a flow; what it awaits is wanted.</summary>
    public bool Watch(Watcher watcher, ReadOnlySpan<ObjectEntry> entries, int needed, Attempt? awaiting)
    {
        Effect[] buffer;
        int count;
        bool registered;
        lock (_lock)
        {
            registered = engine.Watch(watcher, entries, needed);
            if (registered && awaiting is not null)
            {
                Want(entries);
            }

            count = Leave(out buffer);
        }

        After(buffer, count);
        return registered;
    }

    /// <summary>Registers a watcher of a thread that is about to block; its attempt, if any, gives its CPU back and what it waits for is wanted.</summary>
    /// <param name="watcher">The watcher.</param>
    /// <param name="entries">What it waits for.</param>
    /// <param name="needed">How many of them must settle.</param>
    /// <param name="wait">Whose wait it is, and what is known of it.</param>
    /// <param name="hopeless">An object that can only come once the waiter has gone on: nothing was registered.</param>
    public bool Block(Watcher watcher, ReadOnlySpan<ObjectEntry> entries, int needed, in BlockingWait wait, out ObjectEntry? hopeless)
    {
        Effect[] buffer;
        int count;
        bool registered = false;
        hopeless = null;
        lock (_lock)
        {
            if (wait.Attempt is { } attempt)
            {
                hopeless = wait.MayThrow ? NodeEngine.FindDeadlock(attempt, entries, needed, wait.HoldsTurn) : null;
                registered = hopeless is null && engine.Watch(watcher, entries, needed);
                if (registered)
                {
                    engine.Block(attempt);
                    Want(entries);
                    if (wait.IsNoted)
                    {
                        NodeEngine.NoteBlocked(attempt, entries.ToArray(), wait.HoldsTurn);
                    }
                }
            }
            else
            {
                registered = engine.Watch(watcher, entries, needed);
            }

            count = Leave(out buffer);
        }

        After(buffer, count);
        return registered;
    }

    /// <summary>Gives a watcher up. False when it had fired.</summary>
    public bool Unwatch(Watcher watcher, ReadOnlySpan<ObjectEntry> entries)
    {
        lock (_lock)
        {
            return engine.Unwatch(watcher, entries);
        }
    }

    public Attempt? TryClaim(TaskRecord task, Attempt? waiter)
    {
        lock (_lock)
        {
            Attempt? attempt = engine.TryClaim(task, waiter);
            Volatile.Write(ref _startable, engine.Startable(StartableLimit, Pool.AtThreadBound));
            return attempt;
        }
    }

    /// <summary>Completes an attempt that ran in place of a wait; the waiter has its CPU again.</summary>
    public void CompleteInline(Attempt attempt, in Outcome outcome, long now, Attempt? waiter, out bool accepted)
    {
        Effect[] buffer;
        int count;
        lock (_lock)
        {
            accepted = engine.Complete(attempt, in outcome, now);
            if (waiter is not null)
            {
                NodeEngine.NoteResumed(waiter);
                engine.Unblock(waiter);
            }

            count = Leave(out buffer);
        }

        After(buffer, count);
    }

    /// <summary>A wait is over: the attempt has its CPU again.</summary>
    /// <param name="attempt">The attempt.</param>
    /// <param name="wasNoted">Whether the wait had been noted for those who look for deadlocks.</param>
    public void Unblock(Attempt attempt, bool wasNoted = false)
    {
        lock (_lock)
        {
            if (wasNoted)
            {
                NodeEngine.NoteResumed(attempt);
            }

            engine.Unblock(attempt);
            Volatile.Write(ref _startable, engine.Startable(StartableLimit, Pool.AtThreadBound));
        }
    }

    /// <summary>Lets due retries run.</summary>
    public void Tick(long now)
    {
        if (engine.NextTick is { } next && next <= now)
        {
            Do(e => e.Tick(now));
        }
    }

    public bool Yield(Attempt attempt, int index, object? value, long size, ObjectEntry[]? contained)
    {
        Effect[] buffer;
        int count;
        bool more;
        lock (_lock)
        {
            more = engine.Yield(attempt, index, value, size, contained);
            count = Leave(out buffer);
        }

        After(buffer, count);
        return more;
    }

    /// <summary>A batch came from another node or a shard.</summary>
    public BatchAnswer OnBatch(Batch batch)
    {
        Effect[] buffer;
        int count;
        BatchAnswer answer;
        lock (_lock)
        {
            answer = engine.Cluster!.OnBatch(batch);
            count = Leave(out buffer);
        }

        After(buffer, count);
        return answer;
    }

    /// <summary>The next batch of a link.</summary>
    public Batch? TakeBatch(Link link)
    {
        lock (_lock)
        {
            return engine.Cluster!.TakeBatch(link);
        }
    }

    /// <summary>The answer to a batch.</summary>
    public void OnAnswer(Link link, Batch batch, BatchAnswer answer)
    {
        Effect[] buffer;
        int count;
        lock (_lock)
        {
            engine.Cluster!.OnAnswer(link, batch, answer);
            count = Leave(out buffer);
        }

        After(buffer, count);
    }

    private void Want(ReadOnlySpan<ObjectEntry> entries)
    {
        foreach (ObjectEntry entry in entries)
        {
            engine.Want(entry);
        }
    }

    private int Leave(out Effect[] buffer)
    {
        Volatile.Write(ref _startable, engine.Startable(StartableLimit, Pool.AtThreadBound));
        if (engine.EffectCount == 0)
        {
            buffer = [];
            return 0;
        }

        buffer = t_buffer ?? new Effect[32];
        t_buffer = null;
        return engine.TakeEffects(ref buffer);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void After(Effect[] buffer, int count)
    {
        Run(buffer, count);
        int startable = StartableHint;
        if (startable > 0)
        {
            Pool.Signal(startable);
        }
    }

    private void Run(Effect[] buffer, int count)
    {
        if (count == 0)
        {
            return;
        }

        for (int i = 0; i < count;)
        {
            try
            {
                for (; i < count; i++)
                {
                    effects.Run(in buffer[i]);
                }
            }
            catch (Exception e) when (e is InsufficientMemoryException or not OutOfMemoryException)
            {
                // Those behind it wake threads and send messages: without them others would wait for ever.
                effects.Failed(in buffer[i++], e);
            }
        }

        Array.Clear(buffer, 0, count);

        // An effect may run commands of its own, and so have put a buffer there already.
        t_buffer = buffer;
    }
}
