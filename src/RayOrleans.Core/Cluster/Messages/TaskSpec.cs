namespace RayOrleans.Core;

/// <summary>A task as another node must know it to run it, or to take it over.</summary>
public sealed record TaskSpec
{
    /// <summary>Its id.</summary>
    public required TaskId Id { get; init; }

    /// <summary>What it stands for.</summary>
    public required TaskKind Kind { get; init; }

    /// <summary>Its job.</summary>
    public required JobId Job { get; init; }

    /// <summary>The node of the job's driver.</summary>
    public required NodeId Driver { get; init; }

    /// <summary>The job's namespace for actors' names; null: the one that follows from its id.</summary>
    public string? Namespace { get; init; }

    /// <summary>The task that submitted it.</summary>
    public required TaskId Parent { get; init; }

    /// <summary>Its distance from the driver.</summary>
    public int Depth { get; init; }

    /// <summary>Its options.</summary>
    public required TaskOptions Options { get; init; }

    /// <summary>The call, in the runtime's form.</summary>
    public required object? Payload { get; init; }

    /// <summary>The runtime's description of the function, where the task was submitted; it does not travel.</summary>
    public object? Function { get; init; }

    /// <summary>About how many bytes the payload takes.</summary>
    public int PayloadBytes { get; init; }

    /// <summary>The name for people.</summary>
    public string? Name { get; init; }

    /// <summary>The number of parts of a tuple result.</summary>
    public int PartCount { get; init; }

    /// <summary>Whether its results are the items of a stream.</summary>
    public bool IsStream { get; init; }

    /// <summary>How many of the inputs are arguments; the rest are referred to by arguments.</summary>
    public int DependencyCount { get; init; }

    /// <summary>The inputs.</summary>
    public IReadOnlyList<RemoteRef> Inputs { get; init; } = [];

    /// <summary>The actor that it creates or calls.</summary>
    public RemoteActor? Actor { get; init; }

    /// <summary>The id of that actor.</summary>
    public ActorId ActorId { get; init; }

    /// <summary>The index of the actor's concurrency lane.</summary>
    public int Lane { get; init; }

    /// <summary>About how many bytes it takes on the wire.</summary>
    public int Bytes => PayloadBytes + (64 * Inputs.Count);

    /// <summary>The spec of a task.</summary>
    /// <param name="task">The task.</param>
    /// <param name="payload">Its call.</param>
    /// <param name="inputs">Its inputs, as the receiver knows them.</param>
    /// <param name="actor">The actor that it creates or calls, where the receiver may not know it.</param>
    internal static TaskSpec Of(TaskRecord task, object? payload, IReadOnlyList<RemoteRef> inputs, RemoteActor? actor) => new()
    {
        Id = task.TaskId,
        Kind = task.Kind,
        Job = task.Job.Id,
        Driver = task.Job.Driver,
        Namespace = task.Job.GivenNamespace,
        Parent = task.ParentId,
        Depth = task.Depth,
        Options = task.Options,
        Payload = payload,
        Function = task.Function,
        PayloadBytes = task.PayloadBytes,
        Name = task.Name,
        PartCount = task.Parts?.Length ?? 0,
        IsStream = task.Stream is not null,
        DependencyCount = task.DependencyCount,
        Inputs = inputs,
        Actor = actor,
        ActorId = task.Actor?.Id ?? ActorId.None,
        Lane = task.Lane,
    };

    /// <summary>A record for the task, with entries for the parts of its result; where it comes from and which attempt it is are the caller's to say.</summary>
    /// <param name="job">Its job here.</param>
    /// <param name="parent">The attempt here that submitted it.</param>
    /// <param name="actor">The actor here that it creates or calls.</param>
    /// <param name="inputs">The entries of its inputs.</param>
    /// <param name="streamWindow">Of a stream: the most items that are made ahead of the reader.</param>
    internal TaskRecord ToRecord(JobRecord job, Attempt? parent, ActorRecord? actor, ObjectEntry[]? inputs, int streamWindow = int.MaxValue)
    {
        TaskRecord task = new(Id, job, parent, Options)
        {
            Kind = Kind,
            Actor = actor,
            Lane = Lane,
            Stream = IsStream ? new StreamRecord(streamWindow) : null,
            ParentId = Parent,
            Depth = Depth,
            Name = Name,
            Payload = Payload,
            PayloadBytes = PayloadBytes,
            DependencyCount = DependencyCount,
            Inputs = inputs,
        };
        if (PartCount > 0)
        {
            task.Parts = [.. Enumerable.Range(1, PartCount).Select(i => new ObjectEntry(Id, i, task))];
        }

        return task;
    }

    /// <summary>Whether it makes an actor that lives on without handles, and when its job has ended.</summary>
    public bool IsDetached => Kind == TaskKind.ActorCreation && Actor is { Options.IsDetached: true };
}
