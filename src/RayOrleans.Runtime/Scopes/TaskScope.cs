using RayOrleans.Core;
using RayOrleans.ObjectStore;
using RayOrleans.Runtime.Code;

namespace RayOrleans.Runtime;

/// <summary>
/// The runtime as one attempt sees it: submissions become its children, its reads stay pinned until it ends, its waits give its CPU back.
/// </summary>
internal sealed class TaskScope : RayScope
{
    private readonly Lock _lock = new();
    private List<IDisposable>? _pins;
    private StorePinSet? _inputs;
    private CancellationTokenSource? _cancellation;
    private int _awaits;
    private int _running;
    private bool _suspended;
    private bool _ended;

    public TaskScope(NodeServices node, DriverRay root, Attempt attempt)
        : base(node, attempt.Task.Job, attempt.Task.Job.Namespace)
    {
        Root = root;
        Attempt = attempt;
    }

    /// <summary>The scope of the attempt that this flow belongs to, if that is one of the node's: another node's attempt waits like a driver.</summary>
    public static TaskScope? CurrentOf(NodeServices node) => RayAmbient.Current is TaskScope scope && ReferenceEquals(scope.Node, node) ? scope : null;

    /// <summary>The driver's side of the job.</summary>
    public DriverRay Root { get; }

    public Attempt Attempt { get; }

    /// <inheritdoc/>
    public override LoadedCode? Code => Attempt.Payload is DecodedCall call ? call.Code : (Attempt.Task.Function as FunctionInfo)?.Code;

    /// <summary>The actor's object, for a call of its incarnation.</summary>
    public ActorInstance? Instance { get; set; }

    /// <summary>The thread that runs it, for listings.</summary>
    public WorkerId WorkerId { get; set; }

    public long StartedAt { get; set; }

    /// <summary>Whether the method asked that its actor end with it.</summary>
    public bool ExitRequested { get; set; }

    /// <summary>The turns of an asynchronous body.</summary>
    public TurnContext? Turns { get; set; }

    public override CancellationToken Token
    {
        get
        {
            lock (_lock)
            {
                if (_cancellation is null)
                {
                    _cancellation = new CancellationTokenSource();
                    if (Attempt.IsAbandoned)
                    {
                        _cancellation.Cancel();
                    }
                }

                return _cancellation.Token;
            }
        }
    }

    public override RayContext Context => new()
    {
        JobId = Job.Id,
        TaskId = Attempt.Task.TaskId,
        ActorId = Attempt.Task.Actor?.Id ?? ActorId.None,
        NodeId = Node.NodeId,
        WorkerId = WorkerId,
        Attempt = Attempt.Ordinal,
        TaskName = Attempt.Task.Name ?? "",
        Namespace = Namespace,
        AssignedResources = Attempt.Task.Actor is { } actor && Attempt.Task.Kind == Core.TaskKind.ActorCall
            ? (actor.Options.KeepsResources ? actor.Creation.Options.Shape.ToDictionary() : ResourceShape.Zero.ToDictionary())
            : Attempt.Task.Options.Shape.ToDictionary(),
        GpuIds = Attempt.GpuIds ?? Attempt.Task.Actor?.Gpus ?? [],
        CancellationToken = Token,
    };

    protected override Attempt? Parent => Attempt;

    public override TaskId NextId() => Attempt.NextChildId();

    public override void ExitActor()
    {
        if (Attempt.Task.Kind != Core.TaskKind.ActorCall && Attempt.Task.Kind != Core.TaskKind.ActorCreation)
        {
            throw new InvalidOperationException("Ray.ExitActor was called outside of an actor's methods.");
        }

        ExitRequested = true;
        throw new ActorExitException();
    }

    /// <summary>Keeps what the attempt reads in place from being collected until it ends: spans do not keep the memory that they were taken from.</summary>
    public void KeepPin(IDisposable pin)
    {
        lock (_lock)
        {
            if (!_ended)
            {
                (_pins ??= []).Add(pin);
            }
        }
    }

    /// <summary>Keeps its restored arguments until it ends.</summary>
    public void Keep(StorePinSet inputs)
    {
        lock (_lock)
        {
            if (!_ended)
            {
                _inputs = inputs;
                return;
            }
        }

        inputs.Dispose();
    }

    /// <summary>Whether one of its pins keeps an object in memory.</summary>
    public bool Pins(StoredObject stored)
    {
        lock (_lock)
        {
            return _pins?.Exists(p => p is StorePin pin && pin.Block == stored.Block) == true || _inputs?.Pins.Any(p => p.Block == stored.Block) == true;
        }
    }

    /// <summary>The body has returned: pins go, except those of memory that it has kept; waits no longer count.</summary>
    public void End()
    {
        StorePinSet? inputs;
        lock (_lock)
        {
            _ended = true;
            _pins = null;
            inputs = _inputs;
            _inputs = null;
        }

        inputs?.Dispose();
    }

    /// <summary>Tells the body that it was cancelled, on a pool thread: its registrations are user code.</summary>
    public void RequestCancel()
    {
        CancellationTokenSource? source;
        lock (_lock)
        {
            source = _cancellation;
        }

        if (source is not null)
        {
            Node.Pool.Post(() => source.Cancel());
        }
    }

    /// <summary>An object is awaited from now on; where no turn of the body runs (the user's own flow awaits it), the CPU is free at once.</summary>
    public void BeginAwait()
    {
        Interlocked.Increment(ref _awaits);
        if (Turns is not null && Volatile.Read(ref _running) == 0)
        {
            Suspend();
        }
    }

    /// <summary>An object has come. While no turn runs and others are still awaited, the CPU stays free for what makes them: whatever runs next takes it back.</summary>
    public void EndAwait()
    {
        if (Interlocked.Decrement(ref _awaits) <= 0 || Turns is null || Volatile.Read(ref _running) > 0)
        {
            Resume();
        }
    }

    /// <summary>A turn of the body begins: it has its CPU again.</summary>
    public void BeginTurn()
    {
        Interlocked.Increment(ref _running);

        // A wait may have ended while the turn before this one was giving the CPU back.
        Resume();
    }

    /// <summary>A turn of the body has ended without the body ending: while it only awaits objects its CPU is free for others.</summary>
    public void EndTurn()
    {
        if (Interlocked.Decrement(ref _running) == 0)
        {
            Suspend();
        }
    }

    /// <summary>The thread that runs its code waits for something beside the runtime: while objects are awaited, the CPU is free for what makes them. False: nothing changed.</summary>
    public bool Lend() => Suspend();

    /// <summary>
    /// That thread goes on, or has left this code. A turn takes its CPU back; after the last turn the body only awaits, and holding the CPU then would
    /// keep what it awaits from ever starting.
    /// </summary>
    public void TakeBack()
    {
        lock (_lock)
        {
            if (Turns is null || Volatile.Read(ref _running) > 0)
            {
                Resume();
            }
        }
    }

    /// <summary>Something will run again: the CPU is taken back first.</summary>
    public void Resume()
    {
        if (!Volatile.Read(ref _suspended))
        {
            return;
        }

        lock (_lock)
        {
            if (_suspended)
            {
                _suspended = false;
                Node.Gate.Unblock(Attempt);
            }
        }
    }

    private bool Suspend()
    {
        lock (_lock)
        {
            if (_ended || _suspended || Volatile.Read(ref _awaits) <= 0)
            {
                return false;
            }

            _suspended = true;
            Node.Gate.Do(engine => engine.Block(Attempt));
            return true;
        }
    }
}
