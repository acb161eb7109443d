namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>What code asks its node for, with what the checkers note of it.</summary>
internal sealed class NodeCommands(ClusterWorld world, SimNode node)
{
    private NodeEngine Engine => node.Engine;

    public void Submit(NodeBody body, CodeStep step)
    {
        JobRecord job = body.Attempt?.Task.Job ?? body.Job.Record;
        TaskId id = body.Attempt?.NextChildId() ?? job.NextChildId();
        int window = world.Limits.StreamWindow;
        ClusterTask task = new(id, step.Child!, body.Job, body) { Stream = step.Child!.Items is null ? null : new StreamRecord(window), Window = window };
        SimObjectInfo info = new(new ObjectId(id, 0), step.Child!.Result, body.Job, node, task);
        AddItems(task, node);
        world.Tasks.Add(id, task);
        world.Objects.Add(info.Id, info);
        TaskRecord record = new(id, job, body.Attempt, step.Child!.Options)
        {
            Payload = task,
            PayloadBytes = 50,
            Name = world.Tasks.Count.ToString(System.Globalization.CultureInfo.InvariantCulture),
            Inputs = step.Uses.Length == 0 ? null : [.. step.Uses.Select(l => body.Locals[l]!.Entry)],
            DependencyCount = step.Dependencies,
            SubmittedAt = world.Now,
            Stream = task.Stream,
        };
        Denotation[] parts = step.Child!.Parts;
        if (parts.Length > 0)
        {
            record.Parts = [.. parts.Select((_, i) => new ObjectEntry(id, i + 1, record))];
        }

        world.Note("submits", node.Number, body.Number, world.Tasks.Count, id);
        Engine.Submit(record);
        LocalRef head = new(info, record, BySubmitter: true);
        if (parts.Length == 0)
        {
            body.Locals[step.FirstResult] = head;
            return;
        }

        // As the API does: whoever asks for a tuple keeps references to its parts.
        world.Coverage.Hit("tuple");
        for (int i = 0; i < parts.Length; i++)
        {
            SimObjectInfo part = new(new ObjectId(id, i + 1), parts[i], body.Job, node, task);
            world.Objects.Add(part.Id, part);
            Engine.Hold(record.Parts![i]);
            body.Locals[step.FirstResult + i] = new LocalRef(part, record.Parts[i], BySubmitter: false);
        }

        Engine.ReleaseHold(record, bySubmitter: true);
    }

    private void AddItems(ClusterTask task, SimNode maker)
    {
        for (int i = 0; i < (task.Code.Items?.Length ?? 0); i++)
        {
            SimObjectInfo item = new(new ObjectId(task.Id, i + 1), task.Code.Items![i], task.Job, maker, task);
            world.Objects.Add(item.Id, item);
        }
    }

    /// <summary>The next item of a stream, or its end; false: neither is there, and the run waits.</summary>
    public bool TakeItem(NodeBody body, LocalRef head, int index, out LocalRef? item)
    {
        TaskRecord stream = (TaskRecord)head.Entry;
        int items = head.Info.Task!.Code.Items!.Length;
        item = null;
        if (Engine.TakeItem(stream) is { } entry)
        {
            if (index >= items || entry.Id != new ObjectId(stream.TaskId, index + 1))
            {
                throw new ViolationException($"{body} was given {entry.Id} as item {index} of {items} of {stream.TaskId}");
            }

            world.Note("takes", node.Number, body.Number, index, entry.Id);
            world.Coverage.Hit(entry.Status == ObjectStatus.Remote ? "item taken that lies elsewhere" : "item taken");
            item = new LocalRef(world.Objects[entry.Id], entry, BySubmitter: false);
            return true;
        }

        if (node.Bodies.WaitForItem(body, stream))
        {
            return false;
        }

        if (stream.Value is not Failure && index != items)
        {
            throw new ViolationException($"{body} reads the end of {stream.TaskId} after {index} of {items} items");
        }

        world.Coverage.Hit(stream.Value is Failure ? "stream failed" : "end of a stream");
        return true;
    }

    /// <summary>Makes the next item of the run's stream; false: it is not wanted.</summary>
    public bool Yield(NodeBody body)
    {
        ClusterTask task = body.Task!;
        int index = body.Yielded++;
        if (!body.IsAbandoned && !task.Parent.Node.HasFailed && index >= (long)task.Stream!.Taken + task.Window)
        {
            throw new ViolationException($"{body} makes item {index}, of which {task.Stream.Taken} were taken, with a window of {task.Window}");
        }

        LocalRef[] inner = [.. body.Code.ItemUses[index].Select(l => body.Locals[l]!)];
        SimBlob blob = new(
            world.NextNumber(), new ObjectId(task.Id, index + 1), body.Attempt!.Number, Denotation.ItemNumber(body.Sum, index), [.. inner.Select(r => r.Info.Id)],
            body.Code.Items![index].Size);
        (object value, _) = Store(blob);
        world.Note("yields", node.Number, body.Number, index, task.Id);
        world.Coverage.Hit(body.Attempt.Task.Origin != NodeId.None ? "item made elsewhere" : "item made");
        bool goOn = Engine.Yield(body.Attempt, index, value, blob.Size, inner.Length == 0 ? null : [.. inner.Select(r => r.Entry)]);
        return goOn != body.IsAbandoned ? goOn : throw new ViolationException($"item {index} of {body} is {(goOn ? "accepted" : "refused")}");
    }

    public void Create(NodeBody body, CodeStep step)
    {
        JobRecord job = body.Attempt?.Task.Job ?? body.Job.Record;
        TaskId id = body.Attempt?.NextChildId() ?? job.NextChildId();
        ClusterActor actor = new(step.Actor!);
        ClusterTask task = new(id, step.Child!, body.Job, body) { Kind = TaskKind.ActorCreation, Actor = actor };
        SimObjectInfo info = new(new ObjectId(id, 0), step.Child!.Result, body.Job, node, task);
        world.Tasks.Add(id, task);
        world.Objects.Add(info.Id, info);
        ActorRecord record = new(new ActorId(id), step.Actor!) { ClassName = "Counter", Host = actor };
        TaskRecord creation = new(id, job, body.Attempt, step.Child!.Options)
        {
            Kind = TaskKind.ActorCreation,
            Actor = record,
            Payload = task,
            PayloadBytes = 50,
            Inputs = step.Dependencies == 0 ? null : [.. step.Uses.Select(l => body.Locals[l]!.Entry)],
            DependencyCount = step.Dependencies,
            SubmittedAt = world.Now,
        };
        world.Note("creates actor", node.Number, body.Number, 0, id);
        world.Coverage.Hit("actor created");
        Engine.TryCreateActor(record, creation);
        body.Locals[step.FirstResult] = new LocalRef(info, creation, BySubmitter: true);
    }

    public void Call(NodeBody body, CodeStep step)
    {
        JobRecord job = body.Attempt?.Task.Job ?? body.Job.Record;
        TaskId id = body.Attempt?.NextChildId() ?? job.NextChildId();
        LocalRef handle = body.Locals[step.Uses[^1]]!;
        ClusterActor actor = handle.Info.Task!.Actor!;
        if (((TaskRecord)handle.Entry).Actor is not { } target || target.Id.Creation != handle.Info.Task.Id || target.Host != actor)
        {
            throw new ViolationException($"{body} has a handle of {handle.Info.Id} that leads to another actor, or to none");
        }

        ClusterTask task = new(id, step.Child!, body.Job, body)
        {
            Kind = TaskKind.ActorCall,
            Actor = actor,

            // An actor that waited for its reader could wait for one who waits for the actor.
            Stream = step.Child!.Items is null ? null : new StreamRecord(),
            Window = int.MaxValue,
        };
        SimObjectInfo info = new(new ObjectId(id, 0), step.Child!.Result, body.Job, node, task);
        AddItems(task, node);
        world.Tasks.Add(id, task);
        world.Objects.Add(info.Id, info);
        TaskRecord call = new(id, job, body.Attempt, step.Child!.Options)
        {
            Kind = TaskKind.ActorCall,
            Actor = target,
            Payload = task,
            PayloadBytes = 50,
            Inputs = step.Dependencies == 0 ? null : [.. step.Uses.Take(step.Dependencies).Select(l => body.Locals[l]!.Entry)],
            DependencyCount = step.Dependencies,
            SubmittedAt = world.Now,
            Stream = task.Stream,
        };
        if (!actor.Waiting.TryGetValue(body, out List<(ClusterTask, TaskRecord)>? waiting))
        {
            actor.Waiting.Add(body, waiting = []);
        }

        waiting.Add((task, call));
        world.Note("calls", node.Number, body.Number, 0, id);
        Engine.Submit(call);
        body.Locals[step.FirstResult] = new LocalRef(info, call, BySubmitter: true);
    }

    public void Kill(LocalRef handle, bool mayRestart)
    {
        world.Note("kills", node.Number, mayRestart ? 1 : 0, 0, handle.Info.Id);
        world.Coverage.Hit("actor killed");
        handle.Info.Task!.Actor!.IsKilled = true;
        handle.Info.Task.Actor.IsKilledForGood |= !mayRestart;
        Engine.KillActor(((TaskRecord)handle.Entry).Actor!, mayRestart, "it was killed by Ray.Kill");
    }

    /// <summary>Puts a value. False: the body waits until two nodes keep it.</summary>
    public bool Put(NodeBody body, CodeStep step)
    {
        JobRecord job = body.Attempt?.Task.Job ?? body.Job.Record;
        TaskId id = body.Attempt?.NextChildId() ?? job.NextChildId();
        Denotation expected = body.Code.Locals[step.FirstResult];
        ObjectEntry entry = new(id, ObjectId.PutIndex);
        SimObjectInfo info = new(entry.Id, expected, body.Job, node, null) { IsStored = step.IsReplicated };
        world.Objects.Add(entry.Id, info);
        LocalRef[] inner = [.. step.Uses.Select(l => body.Locals[l]!)];
        (object value, _) = Store(new SimBlob(world.NextNumber(), entry.Id, 0, step.Number, [.. inner.Select(r => r.Info.Id)], expected.Size), isStored: step.IsReplicated);
        world.Note("puts", node.Number, body.Number, (int)expected.Size, id);
        Engine.Put(entry, value, expected.Size, inner.Length == 0 ? null : [.. inner.Select(r => r.Entry)]);
        body.Locals[step.FirstResult] = new LocalRef(info, entry, BySubmitter: false);
        if (!step.IsReplicated || node.Machine.Replicate(entry) is not { } ticket)
        {
            return true;
        }

        body.WaitPut = info;
        bool isKnown = world.LastFailure is not { } last || world.Now - last > world.Limits.KnownAfter;
        body.WaitFailures = isKnown && world.Nodes.Exists(n => n != node && !n.HasFailed) ? world.Failures : -1;
        node.Bodies.Wait(body, [ticket], [], 1, existsOnly: false, timeout: 0);
        return false;
    }

    /// <summary>A put that a result refers to at a place, as a result of its own.</summary>
    public NestedValue Nest(NodeBody body, LocalRef put, int place)
    {
        ObjectId id = new(body.Task!.Id, NestedResults.IndexOf(place));
        if (!world.Objects.TryGetValue(id, out SimObjectInfo? info))
        {
            info = new SimObjectInfo(id, put.Info.Expected, body.Job, node, body.Task);
            world.Objects.Add(id, info);
        }

        world.Coverage.Hit(info.Versions.Count == 0 ? "put nested in a result" : "put nested again");
        SimBlob blob = ((SimCopy)put.Entry.Value!).Blob;
        (object value, _) = Store(blob with { Instance = world.NextNumber(), Id = id, Version = body.Attempt!.Number });
        return new NestedValue(place + NestedResults.FirstIndex, put.Entry, value, blob.Size, put.Entry.Contained);
    }

    /// <summary>The runtime's form of a blob: itself when it is small, else a copy in the node's store.</summary>
    public (object Value, SimCopy? Copy) Store(SimBlob blob, bool isStored = false)
    {
        if (blob.Size <= world.InlineBytes && !isStored)
        {
            return (blob, null);
        }

        SimCopy copy = node.MakeCopy(blob);
        copy.IsKept = true;
        return (copy, copy);
    }

    /// <summary>One more reference to an object.</summary>
    public LocalRef Take(NodeBody body, ObjectEntry entry, Denotation expected)
    {
        if (!world.Objects.TryGetValue(entry.Id, out SimObjectInfo? info) || info.Expected != expected)
        {
            throw new ViolationException($"{body} was given {entry.Id} in place of another object");
        }

        // An actor may have ended before a task that was given its handle runs again.
        bool mayBeGone = expected.IsActor && world.Losses > 0 && body.IsRepeated;
        if (entry.Status == ObjectStatus.Deleted && !node.IsDeclaredDead && !mayBeGone)
        {
            throw new ViolationException($"{body} was given {entry.Id}, which is deleted");
        }

        Engine.Hold(entry);
        return new LocalRef(info, entry, BySubmitter: false);
    }

    /// <summary>References to what a value refers to.</summary>
    public void TakeContained(NodeBody body, ObjectEntry entry, Denotation expected, int firstLocal)
    {
        ObjectEntry[] contained = entry.Contained ?? [];
        if (contained.Length != expected.Contained.Length)
        {
            throw new ViolationException($"{entry.Id} refers to {contained.Length} objects for {body}, and should to {expected.Contained.Length}");
        }

        for (int i = 0; i < contained.Length; i++)
        {
            body.Locals[firstLocal + i] = Take(body, contained[i], expected.Contained[i]);
        }
    }

    public void Cancel(LocalRef reference, bool recursive)
    {
        world.Note("cancels", node.Number, recursive ? 1 : 0, 0, reference.Info.Id);
        world.Coverage.Hit("cancel");
        ClusterTask task = reference.Info.Task!;
        task.IsCancelled = true;
        task.IsCancelledWithChildren |= recursive;
        Engine.Cancel(reference.Entry, recursive);
    }

    public void Free(LocalRef reference)
    {
        world.Note("frees", node.Number, 0, 0, reference.Info.Id);
        world.Coverage.Hit("free");
        reference.Info.IsFreed = true;
        Engine.Free(reference.Entry);
    }

    public void EndJob(ClusterJob job)
    {
        if (!job.HasEnded)
        {
            world.Note("job ends", node.Number, job.Number);
            job.HasEnded = true;
            Engine.EndJob(job.Record, "its driver ended");
        }
    }
}
