namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>The runs of code on one node: they start, wait, are woken and end.</summary>
internal sealed class NodeBodies(ClusterWorld world, SimNode node)
{
    private readonly NodeProgram _program = new(world, node);

    /// <summary>Runs that have not ended.</summary>
    public List<NodeBody> Alive { get; } = [];

    private NodeEngine Engine => node.Engine;

    public void BeginDriver(ClusterJob job, Code code)
    {
        NodeBody body = new(world.NextNumber(), node, job, null, code, null);
        job.Driver = body;
        Alive.Add(body);
        Continue(body);
    }

    public void Begin(Attempt attempt)
    {
        ClusterTask task = (ClusterTask)attempt.Payload!;
        NodeBody body = new(world.NextNumber(), node, task.Job, task, task.Code, attempt);
        attempt.Host = body;
        world.Note("starts", node.Number, body.Number, attempt.Number, task.Id);
        StartChecks.Check(world, body);
        node.Resources.Start(body.Number, task.Code.Options.Shape, attempt.GpuIds);
        Alive.Add(body);
        Continue(body);
        CrashOwnerPerhaps(task, attempt);
    }

    /// <summary>An owner that dies about when it repeats a task: what it had said of that must have arrived before.</summary>
    private void CrashOwnerPerhaps(ClusterTask task, Attempt attempt)
    {
        SimNode owner = task.Senders.GetValueOrDefault(attempt.Number) ?? node;
        if (Attempt.OrdinalOf(attempt.Number) > 0 && task.Kind == TaskKind.Normal && world.MayFail(owner) && world.Rng.Chance(world.Limits.RetryCrashPercent))
        {
            world.Coverage.Hit("owner crashes at a retry");
            owner.Run(world.Rng.Next(world.Rng.Chance(50) ? 5 : 60), owner.Crash);
        }
    }

    /// <summary>The worker that runs the body dies, unless the body has ended meanwhile.</summary>
    public void CrashWorker(NodeBody body)
    {
        if (!body.HasEnded)
        {
            _program.CrashWorker(body);
        }
    }

    /// <summary>The body's next step, some time later.</summary>
    public void Continue(NodeBody body) => node.Run(1 + world.Rng.Next(world.Rng.Chance(world.Limits.SlowStepPercent) ? 150 : 8), () => Step(body));

    public void OnCancelled(Attempt attempt)
    {
        NodeBody body = (NodeBody)attempt.Host!;
        if (body.IsAbandoned || body.HasEnded)
        {
            throw new ViolationException($"{body} was given up twice, or after its end");
        }

        body.IsAbandoned = true;
        node.Run(world.Rng.Next(5), () => body.CancelSeen = true);
    }

    /// <summary>The body waits for the objects.</summary>
    /// <param name="body">The body.</param>
    /// <param name="entries">The objects.</param>
    /// <param name="steps">The steps that get them; none for a wait.</param>
    /// <param name="needed">How many must settle.</param>
    /// <param name="existsOnly">Whether the values need not be here.</param>
    /// <param name="timeout">When it stops waiting; 0: never.</param>
    public void Wait(NodeBody body, ObjectEntry[] entries, int[] steps, int needed, bool existsOnly, long timeout)
    {
        body.WaitEntries = entries;
        body.WaitSteps = steps;
        body.WaitNeeded = needed;
        foreach (ObjectEntry entry in entries)
        {
            if (entry.Status == ObjectStatus.Deleted && !node.IsDeclaredDead)
            {
                throw new ViolationException($"{entry.Id}, which {body} holds, is deleted");
            }
        }

        if (body.Attempt is { } waiter && NodeEngine.FindDeadlock(waiter, entries, needed, holdsTurn: false) is { } never)
        {
            throw new ViolationException($"the wait of {body} for {never.Id} is called a deadlock; the programs here have none");
        }

        NodeWatcher watcher = new(body) { FailFast = steps.Length > 0, ExistsOnly = existsOnly };
        if (!Engine.Watch(watcher, entries, needed))
        {
            Continue(body);
            return;
        }

        foreach (ObjectEntry entry in entries)
        {
            Engine.Want(entry);
        }

        Sleep(body, watcher, timeout);
    }

    /// <summary>The body waits until it may make an item with this number; false: it may, or need not.</summary>
    public bool WaitForRoom(NodeBody body, int index)
    {
        NodeWatcher watcher = new(body);
        if (!NodeEngine.WatchRoom(body.Attempt!, index, watcher))
        {
            return false;
        }

        world.Coverage.Hit(body.Attempt!.Task.Origin != NodeId.None ? "waits for room elsewhere" : "waits for room");
        Block(body, watcher);
        return true;
    }

    /// <summary>The body waits for the next item of a stream, or its end; false: there is one.</summary>
    public bool WaitForItem(NodeBody body, TaskRecord stream)
    {
        NodeWatcher watcher = new(body);
        if (!Engine.WatchStream(stream, watcher))
        {
            return false;
        }

        Block(body, watcher);
        return true;
    }

    public void OnFired(NodeWatcher watcher)
    {
        NodeBody body = watcher.Body;
        if (body.Watcher == watcher && body.IsBlocked)
        {
            Wake(body);
        }
    }

    /// <summary>The body is no more; its references go now or later.</summary>
    public void Leave(NodeBody body)
    {
        body.HasEnded = true;
        Alive.Remove(body);
        foreach (LocalRef? local in body.Locals)
        {
            if (local is not null)
            {
                Release(local);
            }
        }

        Array.Clear(body.Locals);
    }

    /// <summary>A reference that is used no more: its hold goes now or when its finalizer runs.</summary>
    public void Release(LocalRef local)
    {
        if (local.Info is { Id.Index: 0, Task: { Stream: not null } stream })
        {
            // Its reader leaves.
            bool isOpen = !((TaskRecord)local.Entry).IsTerminal;
            stream.IsCancelled |= isOpen;
            stream.IsCancelledWithChildren |= isOpen;
            world.Coverage.Hit(isOpen ? "reader leaves" : "stream let go");
            Engine.AbandonStream((TaskRecord)local.Entry);
        }

        if (world.Rng.Chance(40))
        {
            Engine.ReleaseHold(local.Entry, local.BySubmitter);
        }
        else
        {
            node.Run(world.Rng.Next(300), () => Engine.ReleaseHold(local.Entry, local.BySubmitter));
        }
    }

    /// <summary>The attempt ends; its CPU and the rest of its resources are free.</summary>
    /// <param name="body">The run.</param>
    /// <param name="outcome">How it ended.</param>
    /// <param name="blobs">What it made.</param>
    /// <param name="copies">Those that lie in the node's store.</param>
    public void Complete(NodeBody body, in Outcome outcome, List<SimBlob> blobs, List<SimCopy> copies)
    {
        world.Note("completes", node.Number, body.Number, outcome.Failure is null ? 0 : 1, body.Task!.Id);
        if (body.Instance is { } instance)
        {
            instance.Running = null;
        }

        node.Resources.Release(body.Task!.Code.Options.Shape, body.Attempt!.GpuIds, withCpu: !body.IsBlocked);
        bool accepted = Engine.Complete(body.Attempt!, in outcome, world.Now);
        if (accepted && body.IsAbandoned)
        {
            throw new ViolationException($"the end of {body} was accepted though it was given up");
        }

        if (!accepted && !body.IsAbandoned)
        {
            throw new ViolationException($"the end of {body} was refused though it was current");
        }

        // A part that was there stays as it is; what was made for it again is given back.
        foreach (SimBlob blob in blobs.Where(b => accepted && (b.Id.Index == 0 || IsThere(body, b))))
        {
            VersionChecks.Made(world, body, blob);
        }

        node.RunNow(static () => { });
        if (!accepted && copies.Exists(c => !c.IsDiscarded))
        {
            throw new ViolationException($"the end of {body} was refused and its value kept");
        }

        Leave(body);
    }

    private static bool IsThere(NodeBody body, SimBlob blob)
    {
        ObjectEntry? part = body.Attempt!.Task.Parts?[blob.Id.Index - 1];
        return part is { Status: ObjectStatus.Available } && (part.Value as SimBlob ?? (part.Value as SimCopy)?.Blob) == blob;
    }

    private void Block(NodeBody body, NodeWatcher watcher)
    {
        world.Note("blocks", node.Number, body.Number, body.WaitEntries.Length, body.WaitEntries.FirstOrDefault()?.Id);
        body.Watcher = watcher;
        body.IsBlocked = true;
        if (body.Attempt is not null)
        {
            Engine.Block(body.Attempt);
            node.Resources.Block(body.Task!.Code.Options.Shape);
        }
    }

    private void Sleep(NodeBody body, NodeWatcher watcher, long timeout)
    {
        Block(body, watcher);
        if (body.Attempt is not null && timeout == 0)
        {
            NodeEngine.NoteBlocked(body.Attempt, body.WaitEntries, holdsTurn: false);
        }

        if (timeout > 0)
        {
            node.Run(timeout, () => TimeOut(body, watcher));
        }
    }

    private void TimeOut(NodeBody body, NodeWatcher watcher)
    {
        if (body.Watcher == watcher)
        {
            bool inTime = Engine.Unwatch(watcher, body.WaitEntries);
            if (inTime == watcher.HasFired)
            {
                throw new ViolationException($"Unwatch of {body} says {(inTime ? "in time" : "too late")}");
            }

            world.Coverage.Hit("time out");
            body.WaitNeeded = 0;
            Wake(body);
        }
    }

    private void Wake(NodeBody body)
    {
        body.Watcher = null;
        body.IsBlocked = false;
        if (body.Attempt is not null)
        {
            NodeEngine.NoteResumed(body.Attempt);
            Engine.Unblock(body.Attempt);
            node.Resources.Unblock(body.Task!.Code.Options.Shape);
        }

        Continue(body);
    }

    private void Step(NodeBody body)
    {
        if (body.HasEnded || body.IsBlocked)
        {
            return;
        }

        _program.Step(body);
    }
}
