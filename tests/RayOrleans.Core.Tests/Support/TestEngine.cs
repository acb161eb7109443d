namespace RayOrleans.Core.Tests;

/// <summary>An engine with one job, and short ways to say what tests need.</summary>
internal sealed class TestEngine
{
    private Effect[] _buffer = new Effect[16];

    public TestEngine(int cpus = 1, int gpus = 0, bool lineage = false, long backOff = 0)
    {
        Engine = new NodeEngine(new EngineOptions
        {
            Resources = new ResourceShape(cpus * ResourceAmount.One, gpus * ResourceAmount.One),
            RetainLineage = lineage,
            FirstBackOff = backOff,
        });
        Job = NewJob(1);
    }

    public NodeEngine Engine { get; }

    public JobRecord Job { get; }

    /// <summary>All effects since the test began, in order.</summary>
    public List<Effect> Effects { get; } = [];

    public static JobRecord NewJob(ulong number) => new(new JobId(number), new TaskId(9, number));

    public static ResourceShape Cpu(double cpus) => new(ResourceAmount.From(cpus, "numCpus"));

    /// <summary>Submits a task that needs the values of the inputs.</summary>
    public TaskRecord Submit(params ObjectEntry[] inputs) => Send(NewTask(inputs: inputs));

    public TaskRecord Send(TaskRecord task)
    {
        Engine.Submit(task);
        Take();
        return task;
    }

    public TaskRecord NewTask(
        Attempt? parent = null, int retries = 3, ResourceShape? shape = null, JobRecord? job = null, int parts = 0, bool stream = false, bool failIfUnschedulable = false,
        ObjectEntry[]? inputs = null, int window = int.MaxValue)
    {
        job ??= Job;
        TaskRecord task = new(
            parent?.NextChildId() ?? job.NextChildId(),
            job,
            parent,
            new TaskOptions { MaxRetries = retries, Shape = shape ?? ResourceShape.OneCpu, FailIfUnschedulable = failIfUnschedulable })
        {
            Stream = stream ? new StreamRecord(window) : null,
        };
        Prepare(task, inputs);
        if (parts > 0)
        {
            task.Parts = [.. Enumerable.Range(1, parts).Select(i => new ObjectEntry(task.TaskId, i, task))];
        }

        return task;
    }

    public ActorRecord NewActor(ActorOptions? options = null, ObjectEntry[]? inputs = null, ResourceShape? shape = null, bool start = true)
    {
        TaskId id = Job.NextChildId();
        ActorRecord actor = new(new ActorId(id), options ?? new ActorOptions()) { ClassName = "Counter" };
        TaskRecord creation = new(id, Job, null, new TaskOptions { Shape = shape ?? ResourceShape.OneCpu }) { Kind = TaskKind.ActorCreation, Actor = actor };
        Prepare(creation, inputs);
        Assert.True(Engine.TryCreateActor(actor, creation));
        Take();
        if (start)
        {
            Attempt attempt = Start(creation);
            Complete(attempt, new object());
        }

        return actor;
    }

    public TaskRecord Call(ActorRecord actor, Attempt? parent = null, int retries = 0, int lane = 0, bool stream = false, params ObjectEntry[] inputs)
    {
        TaskRecord call = new(parent?.NextChildId() ?? Job.NextChildId(), Job, parent, new TaskOptions { Shape = ResourceShape.Zero, MaxRetries = retries })
        {
            Kind = TaskKind.ActorCall,
            Actor = actor,
            Lane = lane,
            Stream = stream ? new StreamRecord() : null,
        };
        Prepare(call, inputs);
        return Send(call);
    }

    public ObjectEntry Put(object? value = null, params ObjectEntry[] contained)
    {
        ObjectEntry entry = new(Job.NextChildId(), ObjectId.PutIndex);
        Engine.Put(entry, value, 10, contained);
        Take();
        return entry;
    }

    public Attempt? TryStart(bool wantedOnly = false)
    {
        Attempt? attempt = Engine.TryStart(wantedOnly);
        Take();
        return attempt;
    }

    /// <summary>Starts the next attempt, which must be of that task.</summary>
    public Attempt Start(TaskRecord expected)
    {
        Attempt? attempt = TryStart();
        Assert.Same(expected, attempt?.Task);
        return attempt!;
    }

    public bool Complete(Attempt attempt, object? value = null, ObjectEntry[]? contained = null, long now = 0)
    {
        PartValue[]? parts = attempt.Task.Parts is { } p ? [.. p.Select(_ => new PartValue(value, 1, null))] : null;
        bool accepted = Engine.Complete(attempt, Outcome.Success(value, 10, contained, parts), now);
        Take();
        return accepted;
    }

    public bool Fail(Attempt attempt, bool retriable = false, long now = 0) =>
        Report(attempt, Outcome.UserFailure(new Failure(FailureKind.UserError, "it threw", null, attempt.Task.TaskId), retriable), now);

    public bool Crash(Attempt attempt, long now = 0) =>
        Report(attempt, Outcome.SystemFailure(new Failure(FailureKind.WorkerCrashed, "it crashed", null, attempt.Task.TaskId)), now);

    /// <summary>Runs everything that can start, in the order it starts.</summary>
    public List<TaskRecord> RunAll()
    {
        List<TaskRecord> order = [];
        while (TryStart() is { } attempt)
        {
            order.Add(attempt.Task);
            Complete(attempt);
        }

        return order;
    }

    public void Release(ObjectEntry entry, bool bySubmitter = true)
    {
        Engine.ReleaseHold(entry, bySubmitter && entry is TaskRecord);
        Take();
    }

    public void Do(Action<NodeEngine> command)
    {
        command(Engine);
        Take();
    }

    public int Count(EffectKind kind, object subject) => Effects.Count(e => e.Kind == kind && ReferenceEquals(e.Subject, subject));

    /// <summary>Carries out what the engine decided, as a node would.</summary>
    public void Take()
    {
        int count = Engine.TakeEffects(ref _buffer);
        for (int i = 0; i < count; i++)
        {
            Effects.Add(_buffer[i]);
            if (_buffer[i].Kind == EffectKind.Fire)
            {
                ((Watcher)_buffer[i].Subject).Fire();
            }
        }
    }

    public void AssertEmpty()
    {
        Assert.Equal(0, Engine.LiveObjects);
        Assert.Equal(0, Engine.LiveBytes);
        Assert.Equal(0, Engine.ReadyTasks);
        Assert.Empty(Engine.Actors);
        Assert.Equal(Engine.Resources.Total.Cpu, Engine.Resources.FreeCpu);
        Assert.Equal(0, Job.Unfinished);
    }

    private static void Prepare(TaskRecord task, ObjectEntry[]? inputs)
    {
        task.Payload = task;
        task.Name = "work";
        task.Inputs = inputs is { Length: > 0 } ? inputs : null;
        task.DependencyCount = inputs?.Length ?? 0;
    }

    private bool Report(Attempt attempt, in Outcome outcome, long now)
    {
        bool accepted = Engine.Complete(attempt, in outcome, now);
        Take();
        return accepted;
    }
}
