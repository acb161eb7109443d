namespace RayOrleans.Core;

/// <summary>
/// The attempts that a node gives to its process: they run in the order of their leases, live in it if they make actors, and their ends are told to the node.
/// </summary>
internal sealed class ProcessAttempts(ProcessObjects known, ObjectTable objects, Outbox outbox, SessionOutbox messages)
{
    /// <summary>By incarnation: a killed one may have calls that run on beside the next one.</summary>
    private readonly Dictionary<(ActorId Actor, int Incarnation), ActorRecord> _instances = [];

    /// <summary>By task and attempt: one that was given up may still run beside the next one.</summary>
    private readonly Dictionary<(TaskId Task, int Attempt), Attempt> _running = [];
    private readonly Queue<Attempt> _ready = new();
    private readonly HashSet<Lease> _leases = [];
    private Lease? _lastLease;

    /// <summary>Attempts that were given to this process and have not ended.</summary>
    public int RunningCount => _running.Count;

    /// <summary>Attempts that nobody runs yet.</summary>
    public int ReadyCount => _ready.Count;

    /// <summary>Actors that live in this process.</summary>
    public int InstanceCount => _instances.Count;

    public Attempt? TryStart() => _ready.TryDequeue(out Attempt? attempt) ? attempt : null;

    /// <summary>An attempt that the node gives to this process.</summary>
    public void Run(RunMessage run)
    {
        TaskSpec spec = run.Spec;
        ObjectEntry[]? inputs = run.Inputs.Count == 0 ? null : [.. run.Inputs.Select(known.Mention)];
        ActorRecord? actor = spec.Kind switch
        {
            TaskKind.ActorCreation => new ActorRecord(spec.ActorId, spec.Actor!.Options)
            {
                ClassName = spec.Actor.ClassName,
                Host = spec.Actor.Host,
                Incarnation = run.Incarnation,
            },
            TaskKind.ActorCall => _instances.GetValueOrDefault((spec.ActorId, run.Incarnation)),
            _ => null,
        };
        TaskRecord task = spec.ToRecord(known.JobOf(spec), null, actor, inputs);
        if (spec.Kind == TaskKind.ActorCreation)
        {
            // What it was granted, and which process it asked for, is asked of its construction.
            actor!.Creation = task;
        }

        if (task.Stream is { } stream)
        {
            stream.Produced = run.Produced;
            stream.Until = run.Until;
        }

        task.AttemptNumber = run.Attempt;
        task.State = TaskState.Running;
        Attempt attempt = new(task, run.Attempt, null, run.Gpus is null ? null : [.. run.Gpus]) { Incarnation = run.Incarnation };
        task.Current = attempt;
        _running.Add((spec.Id, run.Attempt), attempt);
        foreach (ObjectEntry input in inputs ?? [])
        {
            input.Uses++;
        }

        for (int i = 0; i < run.Inputs.Count; i++)
        {
            if (run.Inputs[i] is { HasValue: true } value)
            {
                known.Settle(inputs![i], in value);
            }
        }

        if (spec.Kind == TaskKind.ActorCall && actor is null)
        {
            Failure gone = new(FailureKind.ActorUnavailable, $"{spec.Name}: this incarnation of the actor has ended.", null, spec.Id, spec.Name, attempt.Ordinal);
            _ = Complete(attempt, Outcome.UserFailure(gone, isRetriable: true));
            return;
        }

        if (spec.Kind == TaskKind.ActorCall)
        {
            // An asynchronous actor begins its calls in this order, whichever threads take them.
            attempt.StartNumber = actor!.Started++;
        }

        if (run.Ride == RideKind.Leads)
        {
            attempt.Lease = _lastLease = new Lease();
        }
        else if (run.Ride == RideKind.Rides)
        {
            Lease lease = _lastLease ?? throw new SessionProtocolException($"{spec.Name} rides, and nobody leads.");
            if (!lease.Arrived(attempt))
            {
                _leases.Add(lease);
                return;
            }
        }

        _ready.Enqueue(attempt);
    }

    public void Block(Attempt attempt)
    {
        if (attempt.BlockCount++ == 0 && !attempt.IsEnded)
        {
            messages.Add(new BlockMessage(attempt.Task.TaskId, attempt.Number, IsBlocked: true));
            PassOn(attempt);
        }
    }

    public void Unblock(Attempt attempt)
    {
        // What a lease has passed on is not taken back.
        if (--attempt.BlockCount == 0 && !attempt.IsEnded && (attempt.Lease is not null || !messages.TryTakeBack(new BlockMessage(attempt.Task.TaskId, attempt.Number, IsBlocked: true))))
        {
            messages.Add(new BlockMessage(attempt.Task.TaskId, attempt.Number, IsBlocked: false));
        }
    }

    /// <summary>The end of an attempt.</summary>
    /// <returns>Whether its outcome was sent on; an abandoned one's is dropped.</returns>
    public bool Complete(Attempt attempt, in Outcome outcome)
    {
        if (attempt.IsEnded)
        {
            Drop(attempt, in outcome);
            return false;
        }

        TaskRecord task = attempt.Task;
        attempt.IsEnded = true;
        _running.Remove((task.TaskId, attempt.Number));
        bool counts = !attempt.IsAbandoned;
        if (counts)
        {
            if (task.Kind == TaskKind.ActorCreation && outcome.Failure is null)
            {
                ActorRecord actor = task.Actor!;
                actor.Instance = outcome.Value;
                actor.State = ActorState.Alive;
                _instances[(actor.Id, actor.Incarnation)] = actor;
            }

            if (known.FindReleased(in outcome) is { } released)
            {
                Drop(attempt, in outcome);
                Failure failure = new(
                    FailureKind.Serialization, $"The result of {task.Name} refers to object {released}, whose reference was disposed of before the task ended.", null, task.TaskId, task.Name, attempt.Ordinal);
                messages.Add(new AttemptEndedMessage(task.TaskId, attempt.Number, [], failure, IsRetriable: false, null));
            }
            else
            {
                messages.Add(new AttemptEndedMessage(
                    task.TaskId, attempt.Number, ResultsOf(task, in outcome), outcome.Failure, outcome.IsRetriable, outcome.EndsActor)
                { Microseconds = attempt.Microseconds });
            }
        }
        else
        {
            Drop(attempt, in outcome);
            Failure cancelled = new(FailureKind.Cancelled, $"{task.Name} was cancelled.", null, task.TaskId, task.Name, attempt.Ordinal);
            messages.Add(new AttemptEndedMessage(task.TaskId, attempt.Number, [], cancelled, IsRetriable: false, null));
        }

        if (!attempt.IsBlocked)
        {
            PassOn(attempt);
        }

        ReleaseInputs(task);
        return counts;
    }

    /// <summary>The node gives an attempt up: one that has not begun ends, one that runs is told.</summary>
    public void GiveUp(GiveUpMessage message)
    {
        if (!_running.TryGetValue((message.Task, message.Attempt), out Attempt? attempt) || attempt.IsAbandoned)
        {
            return;
        }

        attempt.Abandon();
        if (attempt.Task.Stream is { } made)
        {
            StreamMachine.Resume(objects, made);
        }

        if (attempt.Lease?.Remove(attempt) == true)
        {
            attempt.Lease = null;
            _ = Complete(attempt, Outcome.Success(null));
        }
        else
        {
            outbox.Add(EffectKind.CancelAttempt, attempt);
        }
    }

    /// <summary>Riders that wait behind somebody who has not ended or blocked since this was last called go back to the node.</summary>
    public void ReturnRiders()
    {
        foreach (Lease lease in _leases.ToList())
        {
            if (lease.Seen != lease.Passed)
            {
                lease.Seen = lease.Passed;
                continue;
            }

            foreach (Attempt rider in lease.TakeWaiting())
            {
                _running.Remove((rider.Task.TaskId, rider.Number));
                rider.IsEnded = true;
                messages.Add(new ReturnMessage(rider.Task.TaskId, rider.Number));
                ReleaseInputs(rider.Task);
            }

            _leases.Remove(lease);
        }
    }

    /// <summary>There is room for more items of a stream that is made here.</summary>
    public void OnCredit(CreditMessage message)
    {
        if (_running.TryGetValue((message.Task, message.Attempt), out Attempt? attempt) && attempt.Task.Stream is { } stream)
        {
            stream.Until = message.Until;
            StreamMachine.Resume(objects, stream);
        }
    }

    /// <summary>An actor that lives here is to go: in order, once its calls have returned; or as by a crash, while some of them may go on with its instance.</summary>
    public void StopInstance(StopInstanceMessage message)
    {
        if (!_instances.Remove((message.Actor, message.Incarnation), out ActorRecord? actor))
        {
            return;
        }

        actor.State = ActorState.Dead;
        if (message.Dispose)
        {
            outbox.Add(EffectKind.StopActor, actor, actor.Instance);
            actor.Instance = null;
        }
    }

    /// <summary>A lease's grant goes to the next rider.</summary>
    private void PassOn(Attempt attempt)
    {
        if (attempt.Lease is not { } lease)
        {
            return;
        }

        if (lease.PassOn() is { } next)
        {
            _ready.Enqueue(next);
        }

        if (lease.WaitingCount == 0)
        {
            _leases.Remove(lease);
        }
    }

    private void ReleaseInputs(TaskRecord task)
    {
        ObjectEntry[] inputs = task.Inputs ?? [];
        task.Inputs = null;
        foreach (ObjectEntry input in inputs)
        {
            objects.ReleaseUse(input);
        }
    }

    private void Drop(Attempt attempt, in Outcome outcome)
    {
        if (attempt.Task.Kind == TaskKind.ActorCreation && outcome.Value is not null)
        {
            outbox.Add(EffectKind.StopActor, attempt.Task.Actor!, outcome.Value);
            return;
        }

        outbox.Discard(in outcome);
    }

    private static IReadOnlyList<ProcessValue> ResultsOf(TaskRecord task, in Outcome outcome)
    {
        if (outcome.Failure is not null || task.Kind == TaskKind.ActorCreation)
        {
            return [];
        }

        List<ProcessValue> results = [task.Parts is null ? ProcessValue.HandOver(outcome.Value, outcome.Size, outcome.Contained) : new ProcessValue(null, 0, [])];
        foreach (PartValue part in outcome.Parts ?? [])
        {
            results.Add(ProcessValue.HandOver(part.Value, part.Size, part.Contained));
        }

        return results;
    }
}
