namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>
/// Does what code says, in an order drawn anew for each run, and other things beside that change no result: it waits, drops references,
/// cancels and frees what no result depends on.
/// </summary>
internal sealed class NodeProgram(ClusterWorld world, SimNode node)
{
    private readonly NodeCommands _commands = new(world, node);

    private SimRng Rng => world.Rng;

    public void Step(NodeBody body)
    {
        if (!body.IsDecoded)
        {
            Decode(body);
        }
        else if (body.WaitEntries.Length > 0)
        {
            AfterWait(body);
        }
        else if (body.CancelSeen && Rng.Chance(50))
        {
            Fail(body, FaultKind.Cancelled, null);
        }
        else if (Rng.Chance(25))
        {
            Prank(body);
        }
        else
        {
            Go(body);
        }
    }

    /// <summary>The worker that runs the body dies.</summary>
    public void CrashWorker(NodeBody body)
    {
        if (body.IsBlocked)
        {
            node.Engine.Unwatch(body.Watcher!, body.WaitEntries);
            NodeEngine.NoteResumed(body.Attempt!);
            body.Watcher = null;
        }

        world.Coverage.Hit(body.IsBlocked ? "blocked worker crashed" : "worker crashed");
        Fail(body, FaultKind.Crash, null);
    }

    private void Decode(NodeBody body)
    {
        body.IsDecoded = true;
        Code code = body.Code;
        ObjectEntry[] inputs = body.Attempt?.Task.Inputs ?? [];
        if (body.Task is not null && inputs.Length != code.Inputs.Length && !body.IsAbandoned)
        {
            throw new ViolationException($"{body} has {inputs.Length} inputs instead of {code.Inputs.Length}");
        }

        if (body.IsAbandoned)
        {
            // Its inputs may be gone with its task; it has not looked at them yet.
            Fail(body, FaultKind.Cancelled, null);
            return;
        }

        body.Sum = code.Number;
        for (int i = 0; i < code.Inputs.Length; i++)
        {
            if (i < code.Dependencies && inputs[i].Status == ObjectStatus.Failed)
            {
                // Freed by somebody since the attempt started, or its job ended.
                Failure failure = (Failure)inputs[i].Value!;
                ReadChecks.Failure(world, body, world.Objects[inputs[i].Id], failure);
                Fail(body, FaultKind.Read, failure, inputs[i].Id);
                return;
            }

            if (i < code.Dependencies)
            {
                SimBlob? blob = ReadChecks.Value(world, body, inputs[i], code.Inputs[i], isArgument: true);
                body.Sum += Denotation.Mix((ulong)i + 1, blob?.Number ?? 0);
                _commands.TakeContained(body, inputs[i], code.Inputs[i], code.InputLocals[i]);
            }
            else
            {
                body.Locals[code.InputLocals[i]] = _commands.Take(body, inputs[i], code.Inputs[i]);
            }
        }

        node.Bodies.Continue(body);
    }

    private void Go(NodeBody body)
    {
        List<int> ready = [];
        bool isDone = true;
        for (int i = 0; i < body.Code.Steps.Length; i++)
        {
            CodeStep step = body.Code.Steps[i];
            if (body.Done[i])
            {
                continue;
            }

            isDone &= step.IsNoise;
            if (step.Uses.All(l => body.Locals[l] is not null))
            {
                ready.Add(i);
            }
        }

        if (isDone && (ready.Count == 0 || Rng.Chance(30)))
        {
            if (body.Yielded < (body.Code.Items?.Length ?? 0))
            {
                Yield(body);
                return;
            }

            Finish(body);
            return;
        }

        if (ready.Count == 0)
        {
            throw new ViolationException($"{body} has nothing that it can do next");
        }

        int at = Rng.Pick(ready);
        CodeStep next = body.Code.Steps[at];
        switch (next.Kind)
        {
            case StepKind.Submit:
                body.Done[at] = true;
                if (next.IsNoise && Rng.Chance(30))
                {
                    Skip(body, next);
                }
                else
                {
                    _commands.Submit(body, next);
                }

                break;
            case StepKind.Put:
                body.Done[at] = true;
                if (!_commands.Put(body, next))
                {
                    return;
                }

                break;
            case StepKind.Create:
                body.Done[at] = true;
                _commands.Create(body, next);
                if (Rng.Chance(15))
                {
                    KillSoon(body, next.FirstResult);
                }

                break;
            case StepKind.Call:
                body.Done[at] = true;
                _commands.Call(body, next);
                break;
            case StepKind.Take:
                TakeItem(body, at);
                return;
            default:
                Get(body, at, ready);
                return;
        }

        node.Bodies.Continue(body);
    }

    private void Yield(NodeBody body)
    {
        if (node.Bodies.WaitForRoom(body, body.Yielded))
        {
            return;
        }

        if (_commands.Yield(body))
        {
            node.Bodies.Continue(body);
        }
        else
        {
            Fail(body, FaultKind.Cancelled, null);
        }
    }

    private void TakeItem(NodeBody body, int at)
    {
        CodeStep step = body.Code.Steps[at];
        LocalRef head = body.Locals[step.Uses[0]]!;
        if (!_commands.TakeItem(body, head, (int)step.Number, out LocalRef? item))
        {
            return;
        }

        body.Done[at] = true;
        if (item is not null)
        {
            body.Locals[step.FirstResult] = item;
        }
        else if (head.Entry.Value is Failure failure)
        {
            ReadChecks.Failure(world, body, head.Info, failure);
            Fail(body, FaultKind.Read, failure, head.Info.Id);
            return;
        }
        else if (head.Info.Expected.IsFault)
        {
            throw new ViolationException($"{body} reads the end of {head.Info.Id}, which should be a failure");
        }

        node.Bodies.Continue(body);
    }

    /// <summary>Marks what uses a task that is left out.</summary>
    private static void Skip(NodeBody body, CodeStep skipped)
    {
        for (int i = 0; i < body.Code.Steps.Length; i++)
        {
            CodeStep step = body.Code.Steps[i];
            if (step.IsNoise && !body.Done[i] && step.Uses.Contains(skipped.FirstResult))
            {
                body.Done[i] = true;
                if (step.Kind == StepKind.Submit)
                {
                    Skip(body, step);
                }
            }
        }
    }

    private void Get(NodeBody body, int first, List<int> ready)
    {
        List<int> steps = [first];
        if (!body.Code.Steps[first].IsNoise)
        {
            steps.AddRange(ready.Where(i => i != first && body.Code.Steps[i] is { Kind: StepKind.Get, IsNoise: false } && Rng.Chance(50)));
        }

        foreach (int step in steps)
        {
            body.Done[step] = true;
        }

        ObjectEntry[] entries = [.. steps.Select(i => body.Locals[body.Code.Steps[i].Uses[0]]!.Entry)];
        node.Bodies.Wait(body, entries, [.. steps], entries.Length, existsOnly: false, timeout: 0);
    }

    private void AfterWait(NodeBody body)
    {
        ObjectEntry[] entries = body.WaitEntries;
        int[] steps = body.WaitSteps;
        if (body.WaitNeeded == 0 || steps.Length == 0)
        {
            if (body.WaitPut is { } put)
            {
                body.WaitPut = null;
                ReplicaChecks.Returned(world, body, put, entries[0]);
            }

            // A wait may be woken by something that has gone again.
            body.WaitEntries = [];
            node.Bodies.Continue(body);
            return;
        }

        ObjectEntry? failed = Array.Find(entries, e => e.Status == ObjectStatus.Failed);
        Failure? read = failed?.Value as Failure;

        if (read is null && entries.Any(e => e.Status != ObjectStatus.Available))
        {
            world.Coverage.Hit("waited again");
            node.Bodies.Wait(body, entries, steps, entries.Length, existsOnly: false, timeout: 0);
            return;
        }

        body.WaitEntries = [];
        for (int i = 0; i < steps.Length; i++)
        {
            CodeStep step = body.Code.Steps[steps[i]];
            Denotation expected = body.Code.Locals[step.Uses[0]];
            if (entries[i].Status == ObjectStatus.Available)
            {
                SimBlob? blob = ReadChecks.Value(world, body, entries[i], expected, isArgument: false);
                body.Sum += step.IsNoise ? 0 : Denotation.Mix(step.Number, blob?.Number ?? 0);
                _commands.TakeContained(body, entries[i], expected, step.FirstResult);
            }
            else if (entries[i].Status == ObjectStatus.Failed)
            {
                ReadChecks.Failure(world, body, body.Locals[step.Uses[0]]!.Info, (Failure)entries[i].Value!);
            }
        }

        if (read is not null && !body.Code.Steps[steps[0]].IsNoise)
        {
            Fail(body, FaultKind.Read, read, failed!.Id);
        }
        else
        {
            node.Bodies.Continue(body);
        }
    }

    private void Prank(NodeBody body)
    {
        int[] held = [.. Enumerable.Range(0, body.Locals.Length).Where(l => body.Locals[l] is not null)];
        if (held.Length == 0 || body.Pranks++ > 8)
        {
            node.Bodies.Continue(body);
            return;
        }

        int local = held[Rng.Next(held.Length)];
        LocalRef reference = body.Locals[local]!;
        if (reference.Info.Expected.IsActor)
        {
            PrankHandle(body, local, reference);
            return;
        }

        if (IsStream(reference))
        {
            PrankStream(body, local, reference);
            return;
        }

        switch (Rng.Next(5))
        {
            case 0 when body.Code.Options.Shape.IsCpuOnly && body.Task?.Kind != TaskKind.ActorCall:
                // Waiting moves nothing and decides nothing; an actor that waited could wait for one who waits for the actor.
                ObjectEntry[] entries = [.. held.Where(l => !body.Locals[l]!.Info.Expected.IsActor && !IsStream(body.Locals[l]!) && Rng.Chance(40)).Take(4).Select(l => body.Locals[l]!.Entry).Append(reference.Entry).Distinct()];
                node.Bodies.Wait(body, entries, [], Rng.Between(1, entries.Length), Rng.Chance(40), Rng.Chance(70) ? Rng.Between(1, 300) : 0);
                return;
            case 1 when !IsUsedLater(body, local):
                body.Locals[local] = null;
                node.Bodies.Release(reference);
                break;
            case 2 when IsNoise(body, local):
                _commands.Cancel(reference, recursive: Rng.Chance(70));
                break;
            case 3 when IsNoise(body, local):
                _commands.Free(reference);
                break;
            case 4 when body.Task is { FaultsLeft: > 0 } task:
                task.FaultsLeft--;
                Fail(body, FaultKind.Transient, null);
                return;
            default:
                break;
        }

        node.Bodies.Continue(body);
    }

    /// <summary>Kills an actor about when it is constructed; it begins again, perhaps on the same node.</summary>
    private void KillSoon(NodeBody body, int local) => node.Run(Rng.Next(100), () =>
    {
        if (!body.HasEnded && body.Locals[local] is { } handle)
        {
            _commands.Kill(handle, mayRestart: true);
        }
    });

    private void PrankHandle(NodeBody body, int local, LocalRef handle)
    {
        if (Rng.Chance(8))
        {
            _commands.Kill(handle, mayRestart: Rng.Chance(80));
        }
        else if (!IsUsedLater(body, local))
        {
            body.Locals[local] = null;
            node.Bodies.Release(handle);
        }

        node.Bodies.Continue(body);
    }

    /// <summary>Whoever waited for the end of a stream that he does not read might wait for ever.</summary>
    private static bool IsStream(LocalRef reference) => reference.Info is { Id.Index: 0, Task.Stream: not null };

    private void PrankStream(NodeBody body, int local, LocalRef stream)
    {
        if (!IsUsedLater(body, local))
        {
            body.Locals[local] = null;
            node.Bodies.Release(stream);
        }

        node.Bodies.Continue(body);
    }

    private static bool IsUsedLater(NodeBody body, int local)
    {
        for (int i = 0; i < body.Code.Steps.Length; i++)
        {
            if (!body.Done[i] && body.Code.Steps[i].Uses.Contains(local))
            {
                return true;
            }
        }

        return body.Code.Returned.Contains(local) || Array.Exists(body.Code.ItemUses, u => u.Contains(local));
    }

    /// <summary>Whether the local was made by a task that no result depends on.</summary>
    private static bool IsNoise(NodeBody body, int local) =>
        Array.Exists(body.Code.Steps, s => s is { Kind: StepKind.Submit, IsNoise: true } && s.FirstResult == local);

    private void Finish(NodeBody body)
    {
        if (body.Task is null)
        {
            FinishDriver(body);
            return;
        }

        if (body.Code.Fails)
        {
            Fail(body, FaultKind.Code, null);
            return;
        }

        if (body.Task.Kind == TaskKind.ActorCreation)
        {
            world.Coverage.Hit("actor constructed");
            node.Bodies.Complete(body, Outcome.Success(new SimActorInstance(body.Task.Actor!, node), 1), [], []);
            return;
        }

        LocalRef[] returned = [.. body.Code.Returned.Select(l => body.Locals[l]!)];
        NestedValue[] nested = [.. Enumerable.Range(0, returned.Length).Where(i => IsOwnPut(body, body.Code.Returned[i], returned[i])).Select(i => _commands.Nest(body, returned[i], i))];
        ObjectId[] ids = [.. returned.Select(r => nested.FirstOrDefault(n => n.Put == r.Entry) is { Put: not null } n ? new ObjectId(body.Task.Id, n.Index) : r.Info.Id)];
        ObjectEntry[]? contained = returned.Length == 0 ? null : [.. returned.Select(r => r.Entry)];
        NestedValue[]? puts = nested.Length == 0 ? null : nested;
        if (body.Code.Parts.Length > 0)
        {
            FinishTuple(body, ids, contained, puts);
            return;
        }

        SimBlob blob = new(world.NextNumber(), new ObjectId(body.Task.Id, 0), body.Attempt!.Number, body.Sum, ids, body.Code.Result.Size);
        (object value, SimCopy? copy) = _commands.Store(blob);
        node.Bodies.Complete(body, Outcome.Success(value, blob.Size, contained, nested: puts), [blob], copy is null ? [] : [copy]);
    }

    private void FinishTuple(NodeBody body, ObjectId[] ids, ObjectEntry[]? contained, NestedValue[]? puts)
    {
        List<SimBlob> blobs = [];
        List<SimCopy> copies = [];
        PartValue[] parts = new PartValue[body.Code.Parts.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            SimBlob blob = new(
                world.NextNumber(), new ObjectId(body.Task!.Id, i + 1), body.Attempt!.Number, Denotation.PartNumber(body.Sum, i), i == 0 ? ids : [], body.Code.Parts[i].Size);
            (object value, SimCopy? copy) = _commands.Store(blob);
            blobs.Add(blob);
            copies.AddRange(copy is null ? [] : [copy]);
            parts[i] = new PartValue(value, blob.Size, i == 0 ? contained : null);
        }

        // The tuple itself is made from its parts, as the runtime does.
        node.Bodies.Complete(body, Outcome.Success(null, 0, body.Attempt!.Task.Parts, parts, puts), blobs, copies);
    }

    /// <summary>Whether the run put that itself, so that it is made again with its result.</summary>
    private bool IsOwnPut(NodeBody body, int local, LocalRef reference) =>
        body.Task!.Kind == TaskKind.Normal && reference.Entry is { Status: ObjectStatus.Available } && reference.Info.Expected.Size > world.InlineBytes
        && Array.Exists(body.Code.Steps, s => s is { Kind: StepKind.Put, IsReplicated: false } && s.FirstResult == local);

    private void FinishDriver(NodeBody body)
    {
        world.Note("driver ends", node.Number, body.Number);
        node.Bodies.Leave(body);
        node.Run(world.Rng.Chance(50) ? 0 : world.Rng.Next(2_000), () => _commands.EndJob(body.Job));
    }

    private void Fail(NodeBody body, FaultKind kind, Failure? read, ObjectId subject = default)
    {
        if (body.Task is not { } task)
        {
            FinishDriver(body);
            return;
        }

        if (task.Kind == TaskKind.ActorCreation)
        {
            task.Actor!.HasFailedToStart |= kind is not (FaultKind.Crash or FaultKind.Transient) || task.MayBeExhausted(world);
        }

        ClusterFault fault = new(body, kind, read, subject);
        Failure failure = new(kind == FaultKind.Crash ? FailureKind.WorkerCrashed : FailureKind.UserError, kind.ToString(), fault, task.Id, null, body.Attempt!.Number);
        Outcome outcome = kind == FaultKind.Crash ? Outcome.SystemFailure(failure) : Outcome.UserFailure(failure, isRetriable: kind == FaultKind.Transient);
        node.Bodies.Complete(body, in outcome, [], []);
    }
}
