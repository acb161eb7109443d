namespace RayOrleans.Core.Simulation;

/// <summary>Draws tasks, calls and actors and submits them.</summary>
/// <remarks>
/// Programs that deadlock by themselves are left out: a body on actor i (or below one) uses and waits only for what involves actors above i.
/// </remarks>
internal sealed class Submissions(World world)
{
    private readonly Dictionary<(int Shape, int Retries), TaskOptions> _options = [];

    private SimRng Rng => world.Rng;

    public SimRef? Task(Body body)
    {
        if (world.TasksLeft <= 0)
        {
            return null;
        }

        int shape = Rng.Chance(65) ? 0 : Rng.Next(9);
        bool isStream = Rng.Chance(12);
        SimTask task = new(world.NextNumber())
        {
            Kind = TaskKind.Normal,
            Job = body.Job,
            Parent = body.Task is null ? null : body,
            Floor = body.Floor + (Rng.Chance(10) ? 1 : 0),
            IsStream = isStream,
        };
        task.Maker = task;
        TaskRecord record = new(NextId(body), body.Job.Record, body.Attempt, OptionsOf(shape)) { Stream = isStream ? new StreamRecord() : null };
        Fill(task, record, body);
        task.MinActor = Math.Min(task.Floor, MinOf(task));
        if (!isStream && Rng.Chance(15))
        {
            task.Parts = new SimObject[Rng.Between(1, 3)];
            record.Parts = new ObjectEntry[task.Parts.Length];
            for (int i = 0; i < task.Parts.Length; i++)
            {
                record.Parts[i] = new ObjectEntry(record.TaskId, i + 1, record);
                task.Parts[i] = world.Track(new SimObject(world.NextNumber()) { IsPart = true, Maker = task, Entry = record.Parts[i], MinActor = task.MinActor });
            }
        }

        return world.Commands.Submit(task);
    }

    public SimRef? Call(Body body)
    {
        SimActor? actor = null;
        for (int i = 0; i < 4 && actor is null && body.Refs.Count > 0; i++)
        {
            actor = Rng.Pick(body.Refs).Subject is SimTask { Kind: TaskKind.ActorCreation } creation && creation.Actor!.Index >= body.Floor ? creation.Actor : null;
        }

        if (actor is null || world.TasksLeft <= 0)
        {
            return null;
        }

        SimTask call = new(world.NextNumber())
        {
            Kind = TaskKind.ActorCall,
            Job = body.Job,
            Parent = body.Task is null ? null : body,
            Floor = actor.Index + 1,
            Actor = actor,
            Lane = Rng.Next(actor.Running.Length),
            IsStream = Rng.Chance(8),
        };
        call.Maker = call;
        TaskRecord record = new(NextId(body), body.Job.Record, body.Attempt, RetriesOf(actor.CallRetries))
        {
            Kind = TaskKind.ActorCall,
            Actor = actor.Record,
            Lane = call.Lane,
            Stream = call.IsStream ? new StreamRecord() : null,
        };
        Fill(call, record, body);

        // It may wait for its inputs, for the actor's construction, and for those of the caller's earlier calls.
        int least = Math.Min(Math.Min(actor.Index, MinOf(call)), actor.Creation.MinActor);
        if (!actor.Options.AllowOutOfOrder)
        {
            least = Math.Min(least, actor.CallerMin.GetValueOrDefault(record.ParentId, int.MaxValue));
            actor.CallerMin[record.ParentId] = least;
        }

        call.MinActor = least;
        return world.Actors.Call(call);
    }

    public SimRef? CreateActor(Body body)
    {
        if (world.TasksLeft <= 0 || world.AllActors.Count >= 6 || Rng.Chance(40))
        {
            return null;
        }

        int index = world.NextActorIndex++;
        bool keepsGpu = world.KeepGpusLeft > 0 && Rng.Chance(40);
        bool keepsCpu = !keepsGpu && world.KeepCpusLeft > 0 && Rng.Chance(40);
        world.KeepGpusLeft -= keepsGpu ? 1 : 0;
        world.KeepCpusLeft -= keepsCpu ? 1 : 0;
        bool concurrent = Rng.Chance(30);
        ActorOptions options = new()
        {
            Name = Rng.Chance(30) ? $"name{Rng.Next(3)}" : null,
            IsDetached = Rng.Chance(15),
            MaxRestarts = Rng.Next(4) - 1,
            MaxConcurrency = concurrent ? Rng.Between(2, 4) : 1,
            AllowOutOfOrder = concurrent && Rng.Chance(60),
            LaneLimits = Rng.Chance(25) ? [Rng.Between(1, 2)] : [],
            KeepsResources = keepsCpu || keepsGpu,
        };
        SimActor actor = new(index, options) { CallRetries = Rng.Next(4) - 1 };
        SimTask creation = new(world.NextNumber())
        {
            Kind = TaskKind.ActorCreation,
            Job = body.Job,
            Parent = body.Task is null ? null : body,
            Floor = index + 1,
            Actor = actor,
        };
        creation.Maker = creation;
        actor.Creation = creation;
        TaskId id = NextId(body);
        actor.Record = new ActorRecord(new ActorId(id), options) { Host = actor };
        TaskRecord record = new(id, body.Job.Record, body.Attempt, OptionsOf(keepsGpu ? 9 : 0)) { Kind = TaskKind.ActorCreation, Actor = actor.Record };
        Fill(creation, record, body);
        creation.MinActor = Math.Min(index + 1, MinOf(creation));
        return world.Actors.Create(actor);
    }

    /// <summary>Some of the body's references, to travel inside a value.</summary>
    public SimObject[] Nested(Body body)
    {
        if (body.Refs.Count == 0 || Rng.Chance(50))
        {
            return [];
        }

        SimObject[] nested = new SimObject[Rng.Between(1, 2)];
        for (int i = 0; i < nested.Length; i++)
        {
            nested[i] = Rng.Pick(body.Refs).Subject;
        }

        return nested;
    }

    private static int MinOf(SimTask task)
    {
        int least = int.MaxValue;
        for (int i = 0; i < task.Dependencies; i++)
        {
            least = Math.Min(least, task.Inputs[i].MinActor);
        }

        return least;
    }

    private static TaskId NextId(Body body) => body.Attempt?.NextChildId() ?? body.Job.Record.NextChildId();

    private void Fill(SimTask task, TaskRecord record, Body body)
    {
        List<SimObject> inputs = [];
        if (body.Refs.Count > 0)
        {
            for (int i = Rng.Next(4); i > 0; i--)
            {
                if (Rng.Pick(body.Refs).Subject is var subject && subject is not SimTask { Kind: TaskKind.ActorCreation })
                {
                    inputs.Add(subject);
                }
            }
        }

        task.Dependencies = inputs.Count;
        inputs.AddRange(Nested(body));
        task.Inputs = [.. inputs];
        task.Record = record;
        task.Entry = record;
        record.Inputs = Commands.Entries(task.Inputs);
        record.DependencyCount = task.Dependencies;
        record.Payload = this;
        record.Function = task;
        record.Name = "simulated";
        record.SubmittedAt = world.Now;
        world.Track(task);
        world.Tasks.Add(task);
        world.TasksById.Add(record.TaskId, task);
        world.TasksLeft--;
        world.MayStart = true;
    }

    private TaskOptions RetriesOf(int retries)
    {
        if (!_options.TryGetValue((-1, retries), out TaskOptions? options))
        {
            _options.Add((-1, retries), options = new TaskOptions { Shape = ResourceShape.Zero, MaxRetries = retries });
        }

        return options;
    }

    private TaskOptions OptionsOf(int shape)
    {
        int retries = Rng.Next(5) - 1;
        if (!_options.TryGetValue((shape, retries), out TaskOptions? options))
        {
            _options.Add((shape, retries), options = new TaskOptions { Shape = ShapeOf(shape), MaxRetries = retries, FailIfUnschedulable = true });
        }

        return options;
    }

    private ResourceShape ShapeOf(int shape)
    {
        ResourceShape total = world.Options.Resources;
        return shape switch
        {
            1 => new ResourceShape(ResourceAmount.One / 2),
            2 => ResourceShape.Zero,
            3 => new ResourceShape(Math.Min(2 * ResourceAmount.One, total.Cpu)),
            4 when total.Gpu > 0 => new ResourceShape(ResourceAmount.One, gpu: ResourceAmount.One),
            5 when total.Gpu > 0 => new ResourceShape(0, gpu: ResourceAmount.One / 4 * 3),
            6 when total.Gpu > 0 => new ResourceShape(ResourceAmount.One, gpu: ResourceAmount.One / 4),
            7 when total.Memory > 0 => new ResourceShape(ResourceAmount.One, memory: 600, custom: new Dictionary<string, long> { ["x"] = ResourceAmount.One }),
            8 when Rng.Chance(20) => new ResourceShape(total.Cpu * 2),
            9 => new ResourceShape(0, gpu: ResourceAmount.One),
            _ => ResourceShape.OneCpu,
        };
    }
}
