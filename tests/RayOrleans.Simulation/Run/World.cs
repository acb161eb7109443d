namespace RayOrleans.Core.Simulation;

/// <summary>One simulated node with its users: the engine under test, and everything that is known about it from outside.</summary>
internal sealed class World
{
    private int _numbers;

    public World(ulong seed, ResourceShape total, EngineOptions options, int traceLength)
    {
        Rng = new SimRng(seed);
        Engine = new NodeEngine(options);
        Options = options;
        Resources = new ResourceModel(total);
        Trace = new TraceRing(traceLength);
        Observer = new EffectObserver(this);
        Commands = new Commands(this);
        Actors = new ActorCommands(this);
        Streams = new StreamCommands(this);
        Waits = new BodyWaits(this);
        Ends = new BodyEnds(this);
    }

    public SimRng Rng { get; }

    public NodeEngine Engine { get; }

    public EngineOptions Options { get; }

    public ResourceModel Resources { get; }

    public TraceRing Trace { get; }

    public Coverage Coverage { get; } = new();

    public EffectQueues Effects { get; } = new();

    public EffectObserver Observer { get; }

    public Commands Commands { get; }

    public ActorCommands Actors { get; }

    public StreamCommands Streams { get; }

    public BodyWaits Waits { get; }

    public BodyEnds Ends { get; }

    public long Now { get; set; }

    public List<SimJob> Jobs { get; } = [];

    public List<SimTask> Tasks { get; } = [];

    public Dictionary<TaskId, SimTask> TasksById { get; } = [];

    public List<SimObject> Objects { get; } = [];

    public List<SimActor> AllActors { get; } = [];

    public List<SimInstance> Instances { get; } = [];

    public List<SimValue> Values { get; } = [];

    public List<Body> Runnable { get; } = [];

    /// <summary>Bodies that have not ended, drivers included.</summary>
    public List<Body> Bodies { get; } = [];

    /// <summary>Bodies that have ended and whose end may be reported again.</summary>
    public List<Body> Ended { get; } = [];

    /// <summary>References that everybody can reach.</summary>
    public List<SimRef> Pool { get; } = [];

    /// <summary>References that nobody uses any more and that are released some time.</summary>
    public List<SimRef> Garbage { get; } = [];

    public HashSet<TaskId> FreedIds { get; } = [];

    public bool AnyLoss { get; set; }

    public int TasksLeft { get; set; }

    public int NextActorIndex { get; set; }

    /// <summary>CPUs and GPUs that actors may still be given to keep.</summary>
    public int KeepCpusLeft { get; set; }

    public int KeepGpusLeft { get; set; }

    /// <summary>Blocked threads from which on only wanted tasks start.</summary>
    public int ThreadBound { get; set; } = 4;

    public int BlockedThreads { get; set; }

    public int Threads { get; set; }

    /// <summary>The most threads that were in use at once.</summary>
    public int MaxThreads { get; set; }

    /// <summary>Something changed since the last attempt to start a task in vain.</summary>
    public bool MayStart { get; set; }

    public int NextNumber() => _numbers++;

    public void Note(SimEvent what, int a = -1, int b = -1, int c = -1) => Trace.Add(Now, what, a, b, c);

    public void MakeRunnable(Body body)
    {
        body.State = BodyState.Runnable;
        body.RunnableAt = Runnable.Count;
        Runnable.Add(body);
    }

    public void TakeFromRunnable(Body body, BodyState state)
    {
        int last = Runnable.Count - 1;
        Body moved = Runnable[last];
        Runnable[body.RunnableAt] = moved;
        moved.RunnableAt = body.RunnableAt;
        Runnable.RemoveAt(last);
        body.RunnableAt = -1;
        body.State = state;
    }

    public SimObject Track(SimObject subject)
    {
        Objects.Add(subject);
        return subject;
    }

    public SimValue MakeValue(SimObject subject, SimObject[] contained, Body? maker)
    {
        SimValue value = new(NextNumber(), subject, contained, maker);
        Values.Add(value);
        return value;
    }

    /// <summary>The body's thread goes on with what waited below it, or is free.</summary>
    public void Leave(Body body)
    {
        Note(SimEvent.BodyEnd, body.Number);
        if (body.RunnableAt >= 0)
        {
            TakeFromRunnable(body, BodyState.Ended);
        }

        body.State = BodyState.Ended;
        Threads -= body.HasThread ? 1 : 0;
        Bodies.Remove(body);
        if (body.Task is not null)
        {
            Ended.Add(body);
        }

        if (body.Below is { State: BodyState.Inlining } below)
        {
            if (below.Attempt is not null)
            {
                NodeEngine.NoteResumed(below.Attempt);
                Waits.Starts.Unblock(below);
            }

            MakeRunnable(below);
            Waits.Go(below);
        }
    }

    /// <summary>A reference that its owner forgets: released now or later.</summary>
    public void Drop(SimRef reference)
    {
        if (Rng.Chance(50))
        {
            Commands.Release(reference);
        }
        else
        {
            Garbage.Add(reference);
        }
    }
}
