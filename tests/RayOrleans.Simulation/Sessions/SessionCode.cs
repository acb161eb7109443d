using static RayOrleans.Core.Simulation.Sessions.SessionPlan;

namespace RayOrleans.Core.Simulation.Sessions;

/// <summary>The user code of a plan, one step at a time. It yields what it waits for, and null once it has an outcome: what it holds it lets go of after that.</summary>
internal static class SessionCode
{
    /// <summary>A driver or a task: makes its children, reads their answers, and lets go of them.</summary>
    public static IEnumerator<ObjectEntry?> Run(SessionBody body, SessionPlan plan, ActorRecord? actor, Func<TaskId, bool> isCrasher, Action<long, ObjectEntry[]?> end)
    {
        NodeEngine engine = body.Process.Engine;
        long sum = plan.Own;
        TaskRecord? task = body.Attempt?.Task;
        ObjectEntry[] inputs = task?.Inputs ?? [];
        for (int i = 0; i < (task?.DependencyCount ?? 0); i++)
        {
            if (plan.PassesOn && task is { Parts: null } && inputs[i].Contained is { } passedOn && inputs[i] is not TaskRecord)
            {
                end(sum + Reading.Number(inputs[i]), passedOn);
                yield return null;
                yield break;
            }

            Reading reading = new(body, inputs[i]);
            while (reading.Next is { } next)
            {
                yield return next;
                sum += reading.Take();
            }
        }

        ObjectEntry?[] held = new ObjectEntry?[plan.Kids.Count];
        for (int i = 0; i < held.Length; i++)
        {
            Kid kid = plan.Kids[i];
            if (kid.Mode == KidMode.Call && actor is null)
            {
                sum += kid.Plan.Own;
                continue;
            }

            TaskRecord made = NewTask(body, kid, actor);
            switch (kid.Mode)
            {
                case KidMode.Dependency:
                    Give(made, 1, held[kid.From]!);
                    break;
                case KidMode.Nested:
                    // The sibling's result is referred to by the argument: a put with the number 0.
                    ObjectEntry put = new(NextId(body), ObjectId.PutIndex);
                    engine.Put(put, new SessionData(body.Process.Memory, 0), 8, [held[kid.From]!]);
                    body.Held.Add((put, false));
                    Give(made, 1, put);
                    engine.Submit(made);
                    body.Held.Add((made, true));
                    body.LetGo(put);
                    held[i] = made;
                    continue;
                case KidMode.Call:
                    break;
                case KidMode.Stream:
                    body.Streams.Add(made);
                    break;
                default:
                    if (actor is not null)
                    {
                        Give(made, 0, actor.Creation);
                    }

                    break;
            }

            engine.Submit(made);
            body.Held.Add((made, true));
            held[i] = made;
            if (kid.Mode is KidMode.Dropped or KidMode.Cancelled)
            {
                if (kid.Mode == KidMode.Cancelled)
                {
                    engine.Cancel(made);
                }

                body.LetGo(made, bySubmitter: true);
                held[i] = null;
            }
        }

        for (int i = 0; i < held.Length; i++)
        {
            if (held[i] is not { } kid)
            {
                continue;
            }

            if (plan.ReturnsNested && i == held.Length - 1 && task is { Parts: null })
            {
                // Whoever reads the result reads the child.
                end(sum, [kid]);
                break;
            }

            if (plan.Kids[i].Mode == KidMode.Stream)
            {
                IEnumerator<ObjectEntry?> read = Read(body, (TaskRecord)kid, plan.Kids[i].Plan, number => sum += number);
                while (read.MoveNext())
                {
                    yield return read.Current;
                }

                continue;
            }

            Reading reading = new(body, kid);
            while (reading.Next is { } next)
            {
                yield return next;
                if (next.Value is Failure { Kind: FailureKind.WorkerCrashed } && isCrasher(next.TaskId))
                {
                    // It has ended its process as often as it may.
                    sum += plan.Kids[i].Plan.Own;
                    body.LetGo(next);
                    break;
                }

                sum += reading.Take();
            }
        }

        if (!plan.ReturnsNested || task is not { Parts: null })
        {
            end(sum, null);
        }

        yield return null;
    }

    /// <summary>A streaming task: makes its items, and waits where it is too far ahead.</summary>
    public static IEnumerator<ObjectEntry?> Produce(SessionBody body, SessionPlan plan, Action<Failure?> end)
    {
        NodeEngine engine = body.Process.Engine;
        Attempt attempt = body.Attempt!;
        for (int i = 0; i < plan.Items; i++)
        {
            ObjectEntry? put = null;
            if (plan.RefersAt(i))
            {
                put = new ObjectEntry(NextId(body), ObjectId.PutIndex);
                engine.Put(put, new SessionData(body.Process.Memory, 0), 8, null);
                body.Held.Add((put, false));
            }

            bool goOn = engine.Yield(attempt, i, new SessionData(body.Process.Memory, plan.ItemAt(i)), 8, put is null ? null : [put]);
            if (put is not null)
            {
                body.LetGo(put);
            }

            if (!goOn)
            {
                break;
            }

            int next = i + 1;
            body.WaitFor = watcher => NodeEngine.WatchRoom(attempt, next, watcher);
            yield return attempt.Task;
            if (attempt.IsAbandoned)
            {
                break;
            }
        }

        end(plan.Fails ? new Failure(FailureKind.UserError, "The stream fails.", null, attempt.Task.TaskId) : null);
        yield return null;
    }

    /// <summary>Reads a stream: every item once and in order, then its end, or leaves before that.</summary>
    private static IEnumerator<ObjectEntry?> Read(SessionBody body, TaskRecord stream, SessionPlan plan, Action<long> add)
    {
        NodeEngine engine = body.Process.Engine;
        for (int i = 0; i < plan.Wanted || plan.Wanted == plan.Items; i++)
        {
            ObjectEntry? item;
            while ((item = engine.TakeItem(stream)) is null)
            {
                bool isThere = false;
                body.WaitFor = watcher =>
                {
                    isThere = !engine.WatchStream(stream, watcher);
                    return !isThere;
                };
                yield return stream;
                if (isThere && (item = engine.TakeItem(stream)) is null)
                {
                    break;
                }

                if (item is not null)
                {
                    break;
                }
            }

            if (item is null)
            {
                bool failsAsPlanned = plan.Fails && stream.Value is Failure { Kind: FailureKind.UserError };
                if (i != plan.Items || !stream.IsSettled || (stream.Value is Failure && !failsAsPlanned))
                {
                    throw new ViolationException($"Stream {stream.TaskId} ends after {i} of {plan.Items} items as {stream.Status} with {stream.Value ?? "nothing"}.");
                }

                break;
            }

            body.Held.Add((item, false));
            if (item.Id.Index != i + 1)
            {
                throw new ViolationException($"Item {item.Id} of stream {stream.TaskId} comes as number {i}.");
            }

            Reading reading = new(body, item);
            body.LetGo(item);
            while (reading.Next is { } next)
            {
                yield return next;
                add(reading.Take());
            }
        }

        body.Leave(stream);
    }

    private static TaskRecord NewTask(SessionBody body, Kid kid, ActorRecord? actor)
    {
        JobRecord job = body.Attempt?.Task.Job ?? body.Process.Job!;
        bool isCall = kid.Mode == KidMode.Call;
        TaskRecord task = new(NextId(body), job, body.Attempt, new TaskOptions { MaxRetries = kid.Mode == KidMode.Crash ? SessionWorld.CrasherRetries : SessionWorld.CallRetries, Process = ProcessKind.Job, Shape = isCall ? ResourceShape.Zero : ResourceShape.OneCpu })
        {
            Kind = isCall ? TaskKind.ActorCall : TaskKind.Normal,
            Actor = isCall ? actor : null,
            Name = kid.Mode.ToString(),
            Payload = kid.Plan,
            Stream = kid.Mode == KidMode.Stream ? new StreamRecord() : null,
        };
        if (kid.Mode == KidMode.Tuple)
        {
            task.Parts = [new ObjectEntry(task.TaskId, 1, task), new ObjectEntry(task.TaskId, 2, task)];
        }

        return task;
    }

    private static void Give(TaskRecord task, int dependencies, params ObjectEntry[] inputs)
    {
        task.Inputs = inputs;
        task.DependencyCount = dependencies;
    }

    private static TaskId NextId(SessionBody body) => body.Attempt?.NextChildId() ?? body.Process.Job!.NextChildId();
}
