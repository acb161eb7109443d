namespace RayOrleans.Core.Simulation;

/// <summary>
/// User code at random: each step of each body is drawn from the world's seed, so an attempt that is repeated does other things,
/// in another order and number, than the one before.
/// </summary>
internal sealed class RandomProgram(World world) : IUserProgram
{
    private readonly Submissions _submissions = new(world);

    private SimRng Rng => world.Rng;

    public void Step(Body body)
    {
        if (!body.IsDecoded)
        {
            body.IsDecoded = true;
            Decode(body);
            return;
        }

        if (body.Waiting != WaitKind.None)
        {
            Read(body);
            return;
        }

        if (body.CancelSeen && Rng.Chance(60))
        {
            End(body, FailureKind.UserError, retriable: false);
            return;
        }

        if (body.StepsLeft-- > 0)
        {
            Act(body);
        }
        else
        {
            Finish(body);
        }
    }

    /// <summary>The arguments as the body sees them: references of its own to what they refer to.</summary>
    private void Decode(Body body)
    {
        if (body.Task is not { } task)
        {
            return;
        }

        for (int i = 0; i < task.Inputs.Length; i++)
        {
            SimObject input = task.Inputs[i];
            ObjectStatus status = input.Entry.Status;
            if (status == ObjectStatus.Deleted && input is not SimTask { Kind: TaskKind.ActorCreation })
            {
                throw new ViolationException($"object {input.Number}, an input of running body {body.Number}, is deleted");
            }

            if (i >= task.Dependencies)
            {
                body.Refs.Add(world.Commands.Hold(input));
            }
            else if (status == ObjectStatus.Available)
            {
                ReadValue(body, input);
            }
        }

        if (task.Kind == TaskKind.ActorCall && Rng.Chance(30) && task.Actor!.Record.Instance is SimInstance { Stopped: false } instance && body.Refs.Count > 0)
        {
            SimObject kept = Rng.Pick(body.Refs).Subject;
            if (!Cycles.Reaches(kept, task.Actor.Creation))
            {
                instance.Refs.Add(world.Commands.Hold(kept));
            }
        }
    }

    private void Act(Body body)
    {
        if (body.Task is { IsStream: true } && Rng.Chance(40))
        {
            if (!world.Streams.Yield(body, _submissions.Nested(body)))
            {
                body.StepsLeft = 0;
            }

            return;
        }

        switch (Rng.Next(20))
        {
            case < 6:
                Add(body, _submissions.Task(body));
                break;
            case 6 or 7:
                Add(body, _submissions.Call(body));
                break;
            case 8:
                Add(body, _submissions.CreateActor(body));
                break;
            case 9:
                body.Refs.Add(world.Commands.Put(body.Job, body, _submissions.Nested(body)));
                break;
            case 10 or 11 or 12:
                Block(body);
                break;
            case 13:
                ReadStream(body);
                break;
            case 14 when body.Refs.Count > 0:
                Disturb(body);
                break;
            case 15 when body.Refs.Count > 0:
                int at = Rng.Next(body.Refs.Count);
                SimRef dropped = body.Refs[at];
                body.Refs.RemoveAt(at);
                world.Drop(dropped);
                break;
            case 16 when body.Refs.Count > 0 && world.Pool.Count < 8:
                world.Pool.Add(world.Commands.Hold(Rng.Pick(body.Refs).Subject));
                break;
            case 17 when world.Pool.Count > 0:
                Take(body, Rng.Pick(world.Pool).Subject);
                break;
            case 18:
                if (world.Actors.Find($"name{Rng.Next(3)}") is { } found)
                {
                    Take(body, found.Subject);
                    world.Drop(found);
                }

                break;
            default:
                break;
        }
    }

    private void Add(Body body, SimRef? submitted)
    {
        if (submitted is not { } reference)
        {
            return;
        }

        SimTask task = (SimTask)reference.Subject;
        foreach (SimObject part in task.Parts)
        {
            if (Rng.Chance(70))
            {
                body.Refs.Add(world.Commands.Hold(part));
            }
        }

        if (Rng.Chance(task.Parts.Length > 0 ? 50 : 8) && !task.IsStream)
        {
            world.Drop(reference);
        }
        else
        {
            body.Refs.Add(reference);
        }

        if (task.IsStream)
        {
            body.Streams.Add(task);
        }
    }

    private void Block(Body body)
    {
        if (!body.MayBlock)
        {
            return;
        }

        List<SimObject> subjects = [];
        int count = Rng.Chance(50) ? 1 : Rng.Between(1, 4);
        for (int i = 0; i < count * 2 && subjects.Count < count && body.Refs.Count > 0; i++)
        {
            SimObject subject = Rng.Pick(body.Refs).Subject;
            if (subject.MinActor >= body.Floor && subject is not SimTask { Kind: TaskKind.ActorCreation })
            {
                subjects.Add(subject);
            }
        }

        if (subjects.Count == 0)
        {
            return;
        }

        if (Rng.Chance(70))
        {
            world.Waits.Get(body, [.. subjects]);
        }
        else
        {
            world.Waits.Wait(body, [.. subjects], Rng.Between(1, subjects.Count), Rng.Chance(60) ? Rng.Between(1, 40) : 0);
        }
    }

    private void ReadStream(Body body)
    {
        if (body.Streams.Count == 0)
        {
            return;
        }

        SimTask stream = Rng.Pick(body.Streams);
        if (Rng.Chance(10))
        {
            body.Streams.Remove(stream);
            world.Streams.Abandon(stream);
        }
        else if (world.Streams.Take(stream) is { } item)
        {
            body.Refs.Add(item);
        }
        else if (body.MayBlock && stream.MinActor >= body.Floor && stream.Ended is null)
        {
            world.Waits.WaitForItem(body, stream);
        }
    }

    private void Disturb(Body body)
    {
        SimObject subject = Rng.Pick(body.Refs).Subject;
        if (subject is SimTask { Kind: TaskKind.ActorCreation, Actor: { } actor })
        {
            if (Rng.Chance(40))
            {
                world.Actors.Kill(actor, mayRestart: Rng.Chance(60));
            }
        }
        else if (Rng.Chance(70))
        {
            world.Commands.Cancel(subject, recursive: Rng.Chance(70));
        }
        else
        {
            world.Commands.Free(subject);
        }
    }

    private void Read(Body body)
    {
        WaitKind kind = body.Waiting;
        body.Waiting = WaitKind.None;
        if (kind == WaitKind.Stream)
        {
            return;
        }

        bool failed = false;
        foreach (SimObject subject in body.WaitsFor)
        {
            switch (subject.Entry.Status)
            {
                case ObjectStatus.Available:
                    ReadValue(body, subject);
                    break;
                case ObjectStatus.Failed:
                    world.Note(SimEvent.ReadFailure, body.Number, subject.Number);
                    FailureChecks.CheckRead(world, subject, (Failure)subject.Entry.Value!);
                    failed = true;
                    break;
                case ObjectStatus.Deleted:
                    throw new ViolationException($"object {subject.Number}, which body {body.Number} holds, is deleted");
                default:
                    failed |= kind == WaitKind.Get;
                    break;
            }
        }

        if (failed && kind == WaitKind.Get && body.Task is not null && Rng.Chance(50))
        {
            End(body, FailureKind.UserError, retriable: Rng.Chance(20));
        }
    }

    private void ReadValue(Body body, SimObject subject)
    {
        world.Note(SimEvent.ReadValue, body.Number, subject.Number);
        if (subject.Entry.Value is not SimValue value || value != subject.Value || !value.Accepted || value.Discarded)
        {
            throw new ViolationException($"body {body.Number} reads a value of object {subject.Number} that is not its accepted one");
        }

        if (!subject.IsPut && value.Maker is { Attempt: { } attempt } && attempt.Number != subject.Entry.Version)
        {
            throw new ViolationException($"object {subject.Number} has version {subject.Entry.Version} and a value of attempt {attempt.Number}");
        }

        foreach (SimObject inner in value.Contained)
        {
            if (Rng.Chance(60))
            {
                Take(body, inner);
            }
        }
    }

    private void Take(Body body, SimObject subject)
    {
        if (PostOrder.MayUse(body, subject))
        {
            body.Refs.Add(world.Commands.Hold(subject));
        }
    }

    private void Finish(Body body)
    {
        while (body.Streams.Count > 0)
        {
            SimTask stream = body.Streams[^1];
            body.Streams.RemoveAt(body.Streams.Count - 1);
            world.Streams.Abandon(stream);
        }

        if (body.Task is null)
        {
            world.Leave(body);
            foreach (SimRef reference in body.Refs)
            {
                world.Drop(reference);
            }

            body.Refs.Clear();
            return;
        }

        int draw = Rng.Next(100);
        if (draw < 80)
        {
            if (body.Task.Kind == TaskKind.ActorCall && Rng.Chance(4))
            {
                world.Ends.Exit(body);
                world.Leave(body);
                return;
            }

            world.Ends.Succeed(body, Array.FindAll(_submissions.Nested(body), n => !Cycles.Reaches(n, body.Task)));
            world.Leave(body);
        }
        else
        {
            End(body, draw < 93 ? FailureKind.UserError : FailureKind.WorkerCrashed, retriable: draw < 87);
        }
    }

    private void End(Body body, FailureKind kind, bool retriable)
    {
        while (body.Streams.Count > 0)
        {
            SimTask stream = body.Streams[^1];
            body.Streams.RemoveAt(body.Streams.Count - 1);
            world.Streams.Abandon(stream);
        }

        world.Ends.Fail(body, kind, retriable);
        world.Leave(body);
    }
}
