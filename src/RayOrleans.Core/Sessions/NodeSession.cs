namespace RayOrleans.Core;

/// <summary>A process of the node as the node sees it: what it is held accountable for, and what goes when it ends.</summary>
public sealed class NodeSession
{
    internal NodeSession(string name, JobRecord? job, Outbox outbox)
    {
        Name = name;
        Job = job;
        Messages = new SessionOutbox(outbox) { Subject = this };
    }

    /// <summary>What people call it, for errors: "worker process 4711".</summary>
    public string Name { get; set; }

    /// <summary>The runtime's side of it.</summary>
    public object? Host { get; set; }

    /// <summary>The job of a driver; null for a worker.</summary>
    public JobRecord? Job { get; }

    /// <summary>Why the session has ended; null while it lasts.</summary>
    public string? EndedBecause { get; internal set; }

    /// <summary>Objects that the node holds for the process.</summary>
    public int KnownCount => Known.Count;

    /// <summary>Attempts that the process was given and has not ended.</summary>
    public int RunningCount => Running.Count;

    /// <summary>Actors that live in the process.</summary>
    public int InstanceCount => Instances.Count;

    /// <summary>Streams that the process reads, and that have not ended.</summary>
    public int StreamCount => Streams.Count;

    /// <summary>The name of the task of an attempt that runs there. Under the engine's lock.</summary>
    public string? RunningName(TaskId task, int attempt) => Running.GetValueOrDefault((task, attempt))?.Task.Name;

    /// <summary>Whether an actor that outlives its job lives there, or is being constructed. Under the engine's lock.</summary>
    public bool HostsDetached =>
        Instances.Any(static i => i.Value.Options.IsDetached && ReferenceEquals(i.Value.Instance, i.Key))
        || Running.Values.Any(static a => a is { IsAbandoned: false, Task: { Kind: TaskKind.ActorCreation, Actor.Options.IsDetached: true } });

    /// <summary>Whether the instance is there still: neither has it been told to stop, nor has the process ended. Under the engine's lock.</summary>
    public bool Hosts(ProcessInstance instance) => EndedBecause is null && Instances.ContainsKey(instance);

    internal Dictionary<ObjectId, KnownObject> Known { get; } = [];

    /// <summary>By task and attempt: one that was given up may still run beside the next one.</summary>
    internal Dictionary<(TaskId Task, int Attempt), Attempt> Running { get; } = [];

    /// <summary>Whose they are. One whose incarnation has ended is here until the process is told so, beside the next one.</summary>
    internal Dictionary<ProcessInstance, ActorRecord> Instances { get; } = [];

    /// <summary>Streams that the process reads.</summary>
    internal Dictionary<TaskId, TaskRecord> Streams { get; } = [];

    internal List<NameRequest> NameRequests { get; set; } = [];

    internal SessionOutbox Messages { get; }

    /// <summary>Messages for the process, in order; the list is the caller's. Under the engine's lock.</summary>
    public List<SessionMessage> TakeMessages() => Messages.Take();
}
