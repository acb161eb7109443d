namespace RayOrleans.Core;

/// <summary>What a process knows of its node's objects, by mentions, and the actors and jobs that these belong to.</summary>
internal sealed class ProcessObjects(ObjectTable objects, Outbox outbox, Func<ObjectEntry[], object> makeTuple)
{
    private readonly Dictionary<ObjectId, KnownObject> _known = [];
    private readonly Dictionary<ActorId, ActorRecord> _handles = [];
    private readonly Dictionary<JobId, JobRecord> _jobs = [];

    /// <summary>How many objects the node holds for this process.</summary>
    public int Count => _known.Count;

    /// <summary>Objects that have no value yet; the list is the caller's.</summary>
    public List<ObjectEntry> Unsettled() => [.. _known.Values.Select(static k => k.Entry).Where(static e => !e.IsSettled)];

    /// <summary>The object, if it is known.</summary>
    public KnownObject? Find(ObjectId id) => _known.GetValueOrDefault(id);

    /// <summary>The object, if it is known as this entry.</summary>
    public KnownObject? Find(ObjectEntry entry) => Find(entry.Id) is { } known && known.Entry == entry ? known : null;

    public void AddJob(JobRecord job) => _jobs.Add(job.Id, job);

    public ActorRecord? FindActor(ActorId id) => _handles.GetValueOrDefault(id);

    /// <summary>The handle of an actor that is made here.</summary>
    public void AddHandle(ActorRecord actor) => _handles.Add(actor.Id, actor);

    /// <summary>An object that was made here, which is its first mention.</summary>
    public void Add(ObjectEntry entry) => _known.Add(entry.Id, new KnownObject(entry));

    /// <summary>The object's mentions are given back.</summary>
    public void Forget(ObjectEntry entry)
    {
        _known.Remove(entry.Id);
        if (entry is TaskRecord { Kind: TaskKind.ActorCreation, Actor: { } actor })
        {
            _handles.Remove(actor.Id);
        }
    }

    /// <inheritdoc cref="Mention(RemoteRef)"/>
    public ObjectEntry Mention(SessionValue value) => Mention(value.Object);

    /// <summary>The node has told of an object once more.</summary>
    public ObjectEntry Mention(RemoteRef reference)
    {
        ObjectEntry entry = MentionOne(reference);
        if (entry is TaskRecord { Parts: { } parts })
        {
            for (int i = 0; i < parts.Length; i++)
            {
                _known[parts[i].Id].Mentions++;
            }
        }

        return entry;
    }

    /// <summary>Gives an entry its value, unless it has one; what the value refers to is mentioned in either case.</summary>
    public void Settle(ObjectEntry entry, in SessionValue value)
    {
        ObjectEntry[]? contained = value.Contained.Count == 0 ? null : [.. value.Contained.Select(Mention)];
        object? own = value.Value;
        if (value.Parts is { } values && entry is TaskRecord { Parts: { } parts })
        {
            for (int i = 0; i < parts.Length; i++)
            {
                Settle(parts[i], values[i]);
            }

            contained = parts;
            own = makeTuple(parts);
        }

        if (entry.Status == ObjectStatus.Remote)
        {
            // It was only known to exist.
            objects.Drop(entry, ObjectStatus.Pending);
        }

        bool isTaken = value.Failure is { } failure
            ? objects.SetFailure(entry, failure)
            : objects.SetValue(entry, own, value.Size, contained, 0);
        if (!isTaken)
        {
            outbox.Discard(value.Value);
        }

        if (!isTaken || value.Failure is not null)
        {
            foreach (ObjectEntry inner in value.Parts is null ? contained ?? [] : [])
            {
                objects.DeleteIfUnheld(inner);
            }
        }
    }

    /// <summary>Nobody here wants the value: what it mentions is given back.</summary>
    public void Reject(in SessionValue value)
    {
        outbox.Discard(value.Value);
        foreach (RemoteRef reference in value.Contained)
        {
            objects.DeleteIfUnheld(Mention(reference));
        }

        foreach (SessionValue part in value.Parts ?? [])
        {
            Reject(in part);
        }
    }

    /// <summary>An object that the outcome refers to and nobody here does any more.</summary>
    public ObjectId? FindReleased(in Outcome outcome)
    {
        IEnumerable<ObjectEntry> contained = outcome.Parts is { } parts ? parts.SelectMany(p => p.Contained ?? []) : outcome.Contained ?? [];
        return contained.FirstOrDefault(entry => Find(entry) is null)?.Id;
    }

    /// <summary>The job of a task that was given to this process.</summary>
    public JobRecord JobOf(TaskSpec spec) => JobOf(spec.Job, spec.Driver, spec.Namespace);

    private ObjectEntry MentionOne(RemoteRef reference)
    {
        if (_known.TryGetValue(reference.Id, out KnownObject? known))
        {
            known.Mentions++;
            return known.Entry;
        }

        ObjectEntry entry;
        if (reference.Actor is { } description)
        {
            ActorId id = new(reference.Id.Task);
            ActorRecord actor = new(id, description.Options) { ClassName = description.ClassName, Host = description.Host, IsHostedHere = false };
            TaskRecord handle = new(reference.Id.Task, JobOf(reference.Job, default, null), null, TaskOptions.Default)
            {
                Kind = TaskKind.ActorCreation,
                Actor = actor,
                State = TaskState.Elsewhere,
            };
            actor.Creation = handle;
            _handles[id] = actor;
            entry = handle;
        }
        else if (reference.PartCount > 0)
        {
            TaskRecord tuple = new(reference.Id.Task, JobOf(reference.Job, default, null), null, TaskOptions.Default) { State = TaskState.Elsewhere };
            tuple.Parts = [.. Enumerable.Range(1, reference.PartCount).Select(i => PartOf(tuple, i))];
            ObjectTable.UseParts(tuple);
            entry = tuple;
        }
        else
        {
            entry = new ObjectEntry(reference.Id.Task, reference.Id.Index);
        }

        objects.Link(entry);
        _known.Add(reference.Id, new KnownObject(entry));
        return entry;
    }

    /// <summary>A part of a tuple that is mentioned for the first time; its own mention is counted by the caller.</summary>
    private ObjectEntry PartOf(TaskRecord tuple, int index)
    {
        ObjectId id = new(tuple.TaskId, index);
        if (_known.TryGetValue(id, out KnownObject? known))
        {
            return known.Entry;
        }

        ObjectEntry part = new(tuple.TaskId, index, tuple);
        objects.Link(part);
        _known.Add(id, new KnownObject(part) { Mentions = 0 });
        return part;
    }

    private JobRecord JobOf(JobId id, NodeId driver, string? @namespace)
    {
        if (!_jobs.TryGetValue(id, out JobRecord? job))
        {
            job = new JobRecord(id, default) { Driver = driver };
            _jobs.Add(id, job);
        }

        job.GivenNamespace ??= @namespace;
        return job;
    }
}
