namespace RayOrleans.Core.Simulation.Sessions;

/// <summary>
/// A node, its driver's processes and its workers, in one thread: every step picks one thing that could happen next. Messages of a session arrive in order, after
/// any delay; values are copied on the way, as between memories.
/// </summary>
internal sealed class SessionWorld
{
    /// <summary>How often those may run again that end their process.</summary>
    public const int CrasherRetries = 1;

    /// <summary>How often a call may run again, which is charged only when its actor is killed.</summary>
    public const int CallRetries = 3;

    private const int TraceLength = 60;

    private readonly SimRng _rng;
    private readonly HashSet<SessionData> _nodeMemory = [];
    private readonly HashSet<SessionData> _wire = [];
    private readonly List<SessionProcess> _processes = [];
    private readonly Dictionary<(TaskId, int), Attempt> _started = [];
    private readonly Queue<string> _trace = new();
    private readonly int _cpus;
    private readonly int _riders;
    private readonly int _window;
    private Effect[] _buffer = new Effect[16];
    private long _now;
    private int _number;
    private readonly Dictionary<TaskId, int> _crashers = [];
    private readonly HashSet<TaskId> _suspects = [];
    private readonly List<Attempt> _toHandOver = [];
    private readonly List<Effect> _effects = [];
    private readonly Dictionary<ActorId, int> _actorKills = [];
    private readonly HashSet<(ActorId, int)> _killed = [];
    private readonly HashSet<JobId> _withoutActor = [];
    private int _actorKillsLeft;
    private int _crashersLeft;
    private int _killsLeft;
    private bool _driverDies;

    public SessionWorld(long seed)
    {
        _rng = new SimRng((ulong)seed);
        _cpus = _rng.Between(1, 4);

        // All ends together are no more than what is repeated without charge.
        _killsLeft = _rng.Chance(60) ? _rng.Next(6) : 0;
        _crashersLeft = _rng.Chance(50) ? _rng.Next(1 + ((Charges.MaxSpared - _killsLeft) / (CrasherRetries + 1))) : 0;
        _driverDies = _rng.Chance(25);
        _actorKillsLeft = _rng.Chance(40) ? _rng.Next(CallRetries + 1) : 0;
        _riders = _rng.Chance(70) ? _rng.Between(2, 6) : 0;
        _window = _rng.Chance(70) ? _rng.Between(1, 6) : 1_000;
        Node = new NodeEngine(new EngineOptions
        {
            StreamWindow = _window,
            Resources = new ResourceShape(_cpus * ResourceAmount.One),
            FirstBackOff = _rng.Chance(50) ? _rng.Between(1, 20) : 0,
        });
        for (int i = _rng.Between(1, 3); i > 0; i--)
        {
            AddWorker();
        }

        for (int i = _rng.Between(1, 2); i > 0; i--)
        {
            AddDriver();
        }
    }

    public NodeEngine Node { get; }

    public int Steps { get; private set; }

    /// <summary>The last events, for people.</summary>
    public string Trace => string.Join('\n', _trace);

    public Dictionary<string, int> Coverage { get; } = [];

    public void Run()
    {
        while (Step())
        {
            if (++Steps > 200_000)
            {
                throw new ViolationException($"It does not end: {Node.LiveObjects} objects, {Node.RunningAttempts} attempts, {Node.ReadyTasks} ready.");
            }
        }

        Check();
    }

    private IEnumerable<SessionProcess> Living => _processes.Where(p => !p.IsDead);

    private bool Step()
    {
        _now++;
        List<Action> possible = [];
        if (Node.NextTick is { } tick)
        {
            possible.Add(() =>
            {
                _now = Math.Max(_now, tick);
                Node.Tick(_now);
                Drain();
            });
        }

        if (Node.Startable(1) > 0 && Living.Any(p => p.Job is null))
        {
            possible.Add(StartOnNode);
        }

        if (_toHandOver.Count > 0)
        {
            possible.Add(HandOver);
        }

        if (_effects.Count > 0)
        {
            // Late now and then, not as a rule.
            possible.AddRange(CarryOut, CarryOut, CarryOut, CarryOut);
        }

        foreach (SessionProcess process in Living)
        {
            if (process.HasMessages)
            {
                possible.Add(() => TakeUp(process));
            }

            if (process.NodeHasMessages)
            {
                possible.Add(() => TakeDown(process));
            }

            if (process.Up.Count > 0)
            {
                possible.Add(() => DeliverUp(process));
            }

            if (process.Down.Count > 0)
            {
                possible.Add(() => DeliverDown(process));
            }

            if (process.Engine.Startable(1) > 0)
            {
                possible.Add(() => StartIn(process));
            }

            if (_riders > 0 && process.Job is null && process.Engine.RunningAttempts > 0 && _rng.Next(3) == 0)
            {
                possible.Add(() =>
                {
                    process.Engine.ReturnRiders();
                    Drain(process);
                });
            }

        }

        foreach (SessionBody body in _processes.Where(static p => !p.IsDead || p.IsCutOff).SelectMany(static p => p.Bodies))
        {
            if (body.Wait is null or PassiveWatcher { HasFired: true } || (body.IsCancelled && body.WaitsFor is not null))
            {
                possible.Add(() => Advance(body));
            }
        }

        foreach (SessionProcess process in _processes.Where(static p => p is { IsCutOff: true, KnowsOfEnd: false }))
        {
            possible.Add(() =>
            {
                process.KnowsOfEnd = true;
                process.Engine.CloseProcess("its node is gone");
                Drain(process);
            });
        }

        if (possible.Count == 0)
        {
            return false;
        }

        if (_killsLeft > 0 && _rng.Next(120) == 0)
        {
            Kill();
            return true;
        }

        if (_actorKillsLeft > 0 && _rng.Next(60) == 0)
        {
            KillActor();
            return true;
        }

        possible[_rng.Next(possible.Count)]();
        return true;
    }

    private void AddWorker() => Add(null);

    private SessionProcess Add(JobRecord? job)
    {
        NodeSession session = Node.OpenSession($"{(job is null ? "worker" : "driver")} process {++_number}", job);
        NodeEngine engine = new(new EngineOptions { Resources = ResourceShape.Zero, IsProcess = true });
        SessionProcess process = new(engine, session, job);
        _processes.Add(process);
        return process;
    }

    private void AddDriver()
    {
        JobRecord onNode = new(new JobId(_rng.NextBits()), new TaskId(_rng.NextBits(), _rng.NextBits()));
        SessionProcess process = Add(onNode);
        SessionBody body = new(process, null);
        SessionPlan plan = new(_rng.NextBits(), _rng.Between(1, 5));
        ActorRecord? actor = _rng.Chance(50) ? NewActor(process) : null;
        if (actor is not null)
        {
            body.Held.Add((actor.Creation, true));
        }

        body.Code = SessionCode.Run(body, plan, actor, _crashers.ContainsKey, (sum, _) =>
        {
            Count("driver has its answer");
            if (sum != plan.Answer)
            {
                throw new ViolationException($"The answer is {sum}, not {plan.Answer}.");
            }

            if (actor is not null)
            {
                if (_rng.Chance(40))
                {
                    process.Engine.KillActor(actor, mayRestart: false, "its driver is done");
                }

                body.LetGo(actor.Creation, bySubmitter: true);
            }
        });
        process.Bodies.Add(body);
        Drain(process);
    }

    private ActorRecord NewActor(SessionProcess process)
    {
        TaskId id = process.Job!.NextChildId();
        ActorRecord actor = new(new ActorId(id), new ActorOptions { MaxRestarts = -1 }) { ClassName = "Adder" };
        TaskRecord creation = new(id, process.Job, null, new TaskOptions { MaxRetries = 0, Process = _rng.Chance(25) ? ProcessKind.Own : ProcessKind.Job }) { Kind = TaskKind.ActorCreation, Actor = actor, Payload = new SessionPlan(0, 0) };
        process.Engine.TryCreateActor(actor, creation);
        return actor;
    }

    private void StartOnNode()
    {
        Attempt? attempt = Node.TryStart();
        Drain();
        if (attempt is null)
        {
            return;
        }

        CheckCharges(attempt.Task);
        Count($"node starts {attempt.Task.Kind}");
        _started[(attempt.Task.TaskId, attempt.Number)] = attempt;
        _toHandOver.Add(attempt);
    }

    /// <summary>The thread that has started an attempt gives it to a process; others have had the node's lock meanwhile.</summary>
    private void HandOver()
    {
        int index = _rng.Next(_toHandOver.Count);
        Attempt attempt = _toHandOver[index];
        _toHandOver.RemoveAt(index);
        bool isWanted = !attempt.IsAbandoned;
        if (Node.EndIfAbandoned(attempt, _now))
        {
            Count("given up before it was handed over");
            Drain();
            return;
        }

        Require(isWanted, () => $"{attempt.Task.Name} {attempt.Task.TaskId}.{attempt.Number} is handed over, and was given up");
        NodeSession session = attempt.Task.Kind == TaskKind.ActorCall ? ((ProcessInstance)attempt.Task.Actor!.Instance!).Session : WorkerFor(attempt.Task).Session;
        if (_started.Values.Any(a => a.Session == session && !a.IsEnded && a.Task == attempt.Task))
        {
            Count("two attempts of a task in one process");
        }

        foreach (Attempt rider in Node.RunIn(session, attempt, _riders == 0 ? 0 : _rng.Next(_riders)))
        {
            Count("rider");
            CheckCharges(rider.Task);
            _started[(rider.Task.TaskId, rider.Number)] = rider;
        }

        Drain();
    }

    /// <summary>A process that runs nothing else for a task of its own, else one that is shared.</summary>
    private SessionProcess WorkerFor(TaskRecord task)
    {
        bool isOwn = task.Options.Process == ProcessKind.Own;
        List<SessionProcess> workers = [.. Living.Where(p => p.Job is null && (p.IsOwn ?? isOwn) == isOwn && (!isOwn || p.Session is { RunningCount: 0, InstanceCount: 0 }))];
        SessionProcess chosen = workers.Count == 0 ? Add(null) : workers[_rng.Next(workers.Count)];
        chosen.IsOwn = isOwn;
        Count(isOwn ? "worker of its own" : "shared worker");
        return chosen;
    }

    /// <summary>Only who has ended a process is charged.</summary>
    private void CheckCharges(TaskRecord task)
    {
        int kills = task.Actor is { } called ? _actorKills.GetValueOrDefault(called.Id) : 0;
        Require(task.RetriesUsed <= kills || _crashers.ContainsKey(task.TaskId), () => $"{task.Name} {task.TaskId} is charged {task.RetriesUsed} retries and has ended no process");
        Require(task.Actor is null || task.Actor.RestartsUsed <= kills, () => $"actor {task.Actor!.Id} is charged {task.Actor.RestartsUsed} restarts and has ended no process");
        Require(task.Options.Process == ProcessKind.Own || !_suspects.Contains(task.TaskId), () => $"{task.Name} {task.TaskId} is suspect and shares a process again");
    }

    private void StartIn(SessionProcess process)
    {
        if (process.Engine.TryStart() is not { } attempt)
        {
            return;
        }

        SessionBody body = new(process, attempt);
        attempt.Host = body;
        TaskRecord task = attempt.Task;
        if (task.Kind == TaskKind.ActorCall)
        {
            long number = process.Calls.GetValueOrDefault(task.Actor!);
            process.Calls[task.Actor!] = number + 1;
            Require(attempt.StartNumber == number, () => $"{task.TaskId} begins as call {attempt.StartNumber} of its actor, of which {number} have begun");
        }

        if (task.Name == nameof(SessionPlan.KidMode.Crash) && (_crashers.ContainsKey(task.TaskId) || _crashersLeft-- > 0))
        {
            Crash(process, attempt);
            return;
        }

        SessionPlan plan = (SessionPlan)attempt.Payload!;
        ActorRecord? actor = (task.Inputs ?? []).Skip(task.DependencyCount).OfType<TaskRecord>().FirstOrDefault()?.Actor;
        body.Code = task.Stream is not null
            ? SessionCode.Produce(body, plan, failure => body.Outcome = failure is null ? Outcome.Success(null) : Outcome.UserFailure(failure, isRetriable: false))
            : SessionCode.Run(body, plan, actor, _crashers.ContainsKey, (sum, nested) => body.Outcome = OutcomeOf(process, task, sum, nested));
        process.Bodies.Add(body);
    }

    private static Outcome OutcomeOf(SessionProcess process, TaskRecord task, long sum, ObjectEntry[]? nested) => task switch
    {
        { Kind: TaskKind.ActorCreation } => Outcome.Success(new object()),
        { Parts: { } parts } => Outcome.Success(parts, 0, parts, [new(new SessionData(process.Memory, sum), 8, null), new(new SessionData(process.Memory, sum + 1), 8, null)]),
        _ => Outcome.Success(new SessionData(process.Memory, sum), 8, nested),
    };

    private void Advance(SessionBody body)
    {
        NodeEngine engine = body.Process.Engine;
        if (body.Wait is { } wait)
        {
            if (wait is not PassiveWatcher { HasFired: true } && body.WaitsFor is { } awaited)
            {
                Count("cancelled body waits no longer");
                engine.Unwatch(wait, new ReadOnlySpan<ObjectEntry>(ref awaited));
            }

            body.Wait = null;
            if (body.Attempt is { } resumed)
            {
                engine.Unblock(resumed);
            }
        }

        if (!MoveNext(body))
        {
            body.Process.Bodies.Remove(body);
            Drain(body.Process);
            return;
        }

        ObjectEntry entry = body.Code.Current!;
        PassiveWatcher watcher = new();
        Func<Watcher, bool>? waitFor = body.WaitFor;
        body.WaitFor = null;
        body.WaitsFor = waitFor is null ? entry : null;
        if (waitFor is null ? engine.Watch(watcher, new ReadOnlySpan<ObjectEntry>(ref entry), 1) : waitFor(watcher))
        {
            body.Wait = watcher;
            if (body.Attempt is { } waiting)
            {
                engine.Block(waiting);
            }
        }

        Drain(body.Process);
    }

    /// <summary>Runs code until it waits; false: it has ended.</summary>
    private bool MoveNext(SessionBody body)
    {
        NodeEngine engine = body.Process.Engine;
        try
        {
            if (body.IsCancelled && _rng.Chance(50))
            {
                Count("cancelled body stops");
                throw new OperationCanceledException();
            }

            if (body.Code.MoveNext() && body.Code.Current is not null)
            {
                return true;
            }
        }
        catch (Exception e) when (e is OperationCanceledException || (e is ViolationException && IsExcused(body)))
        {
            Count("excused failure");
            body.Outcome = Outcome.UserFailure(new Failure(FailureKind.UserError, "What it read had failed.", null), isRetriable: false);
        }

        catch (ViolationException e) when (body.Attempt is { } reader)
        {
            throw new ViolationException($"{reader.Task.Name} {reader.Task.TaskId}, attempt {reader.Number}, child of {reader.Task.ParentId} in {body.Process.Session.Name}: {e.Message}");
        }

        if (body.Attempt is { } attempt)
        {
            engine.Complete(attempt, body.Outcome, _now);
        }

        body.Code.Dispose();
        body.LetGoOfAll();
        return false;
    }

    /// <summary>Reading may fail where the reader is not wanted any more, which its process may not have heard of yet, where its driver was done with the actor, and without a node.</summary>
    private bool IsExcused(SessionBody body) =>
        body.Process.IsCutOff || (body.Attempt is { } attempt && (_started[(attempt.Task.TaskId, attempt.Number)].IsAbandoned || _withoutActor.Contains(attempt.Task.Job.Id)));

    /// <summary>An actor is killed, and starts again; what it was doing goes on in its process until it notices.</summary>
    private void KillActor()
    {
        List<ActorRecord> actors = [.. Node.Actors.Where(static a => a.State != ActorState.Dead)];
        if (actors.Count == 0)
        {
            return;
        }

        ActorRecord actor = actors[_rng.Next(actors.Count)];
        _actorKillsLeft--;
        _actorKills[actor.Id] = _actorKills.GetValueOrDefault(actor.Id) + 1;
        Count("actor killed");
        Note($"actor {actor.Id} is killed");
        NoteKilled(actor);
        Node.KillActor(actor, mayRestart: true, "it was killed");
        Drain();
    }

    /// <summary>An instance that is killed is not disposed of.</summary>
    private void NoteKilled(ActorRecord actor)
    {
        if (actor.State == ActorState.Alive)
        {
            _killed.Add((actor.Id, actor.Incarnation));
        }
    }

    private void Kill()
    {
        List<SessionProcess> victims = [.. Living.Where(p => p.Job is null || _driverDies)];
        if (victims.Count == 0)
        {
            return;
        }

        SessionProcess victim = victims[_rng.Next(victims.Count)];
        _killsLeft--;
        _driverDies &= victim.Job is null;
        if (victim.Job is null && _rng.Chance(40))
        {
            End(victim, new SessionEnd("it was stopped") { OutOfMemory = "memory ran out", HasSiblings = true });
            return;
        }

        Count(victim.Job is null ? "worker killed" : "driver killed");
        End(victim, new SessionEnd("it was killed"));
    }

    /// <summary>The code of an attempt ends its process, which says so, or not.</summary>
    private void Crash(SessionProcess process, Attempt attempt)
    {
        TaskId task = attempt.Task.TaskId;
        int times = _crashers[task] = _crashers.GetValueOrDefault(task) + 1;
        bool isNamed = _rng.Chance(50);
        Count(isNamed ? "crash that says whose" : "crash");
        Require(times <= CrasherRetries + 1, () => $"{task} ends a process for the {times}th time, and may run {CrasherRetries + 1} times");
        End(process, new SessionEnd("it crashed") { IsOwnDoing = true, Culprit = isNamed ? task : TaskId.None, CulpritAttempt = attempt.Number });
    }

    private void End(SessionProcess victim, SessionEnd end)
    {
        // What the kernel had taken from it still arrives.
        for (int i = _rng.Next(victim.Up.Count + 1); i > 0; i--)
        {
            DeliverUp(victim);
        }

        Note($"{victim.Session.Name}: {end.Why}, by {end.Culprit}");
        victim.IsDead = true;
        if (end is { IsOwnDoing: true, Culprit.IsNone: true } && victim.Session.RunningCount > 1)
        {
            Count("several suspects");
            _suspects.UnionWith(_started.Values.Where(a => a.Session == victim.Session && !a.IsEnded && !a.IsAbandoned).Select(a => a.Task.TaskId));
        }

        if (end.OutOfMemory is not null)
        {
            // Every task has siblings, so none is charged; an actor that is alone would be, and its calls, which are bounded.
            SessionWork work = SessionWork.Of(victim.Session);
            bool isLoneActor = work is { Units: 1, Callers.Count: 0 };
            Count(isLoneActor ? "worker killed" : work.Units > 1 ? "memory ran out for several" : "memory ran out");
            end = isLoneActor ? end with { OutOfMemory = null } : end;
        }

        Node.CloseSession(victim.Session, end, _now);
        Require(victim.Session is { StreamCount: 0, RunningCount: 0, InstanceCount: 0, KnownCount: 0 }, () => $"the node keeps {victim.Session.StreamCount} streams for {victim.Session.Name}, which has ended");
        foreach (SessionMessage message in victim.Up.Concat(victim.Down))
        {
            DropValues(message);
        }

        if (victim.Job is not null && _rng.Chance(50))
        {
            Count("driver goes on without its node");
            victim.IsCutOff = true;
        }

        victim.Up.Clear();
        victim.Down.Clear();
        Drain();
        if (victim.Job is null)
        {
            AddWorker();
        }
    }

    private void TakeUp(SessionProcess process)
    {
        process.HasMessages = false;
        foreach (SessionMessage message in process.Engine.TakeNodeMessages())
        {
            process.Up.Enqueue(message switch
            {
                PutMessage put => put with { Value = put.Value with { Value = Copy(put.Value.Value, _wire) } },
                YieldMessage item => item with { Value = item.Value with { Value = Move(item.Value.Value, _wire) } },
                AttemptEndedMessage ended => ended with { Results = [.. ended.Results.Select(r => r with { Value = Move(r.Value, _wire) })] },
                _ => message,
            });
        }
    }

    private void TakeDown(SessionProcess process)
    {
        process.NodeHasMessages = false;
        foreach (SessionMessage message in process.Session.TakeMessages())
        {
            process.Down.Enqueue(message switch
            {
                RunMessage run => run with { Inputs = [.. run.Inputs.Select(v => With(v, x => Copy(x, _wire)))] },
                SettledMessage settled => settled with { Value = With(settled.Value, x => Copy(x, _wire)) },
                ItemMessage item => item with { Item = With(item.Item, x => Copy(x, _wire)) },
                _ => message,
            });
        }
    }

    private void DeliverUp(SessionProcess process)
    {
        SessionMessage message = process.Up.Dequeue();
        if (message is ReturnMessage)
        {
            Count("rider returned");
        }

        Note($"{process.Session.Name} -> {Describe(message)}");
        if (message is ProcessWishMessage { Wish: OwnerWish.Kill } kill && Node.FindActor(new ActorId(kill.Id.Task)) is { } actor)
        {
            Count("actor killed for good");
            NoteKilled(actor);
            _withoutActor.Add(actor.Creation.Job.Id);
        }

        Node.OnMessage(
            process.Session,
            message switch
            {
                PutMessage put => put with { Value = put.Value with { Value = Move(put.Value.Value, _nodeMemory) } },
                YieldMessage item => item with { Value = item.Value with { Value = Move(item.Value.Value, _nodeMemory) } },
                AttemptEndedMessage ended => ended with { Results = [.. ended.Results.Select(r => r with { Value = Move(r.Value, _nodeMemory) })] },
                _ => message,
            },
            _now);
        CheckStream(message);
        Drain();
    }

    /// <summary>No producer is more than the window ahead of its reader.</summary>
    private void CheckStream(SessionMessage message)
    {
        if (message is YieldMessage item)
        {
            StreamRecord stream = _started[(item.Task, item.Attempt)].Task.Stream!;
            Count("item made");
            Require(stream.Produced - stream.Taken <= _window, () => $"stream {item.Task} has {stream.Produced} items, of which {stream.Taken} were read, with a window of {_window}");
        }
        else if (message is LeaveStreamMessage)
        {
            Count("reader left");
        }
    }

    private void DeliverDown(SessionProcess process)
    {
        SessionMessage message = process.Down.Dequeue();
        Note($"{process.Session.Name} <- {Describe(message)}");
        if (message is CreditMessage)
        {
            Count("credit");
        }

        process.Engine.OnNodeMessage(message switch
        {
            RunMessage run => run with { Inputs = [.. run.Inputs.Select(v => With(v, x => Move(x, process.Memory)))] },
            SettledMessage settled => settled with { Value = With(settled.Value, x => Move(x, process.Memory)) },
            ItemMessage item => item with { Item = With(item.Item, x => Move(x, process.Memory)) },
            _ => message,
        });
        Drain(process);
    }

    private static SessionValue With(SessionValue value, Func<object?, object?> change) =>
        value with { Value = change(value.Value), Parts = value.Parts is null ? null : [.. value.Parts.Select(p => With(p, change))] };

    private static object? Copy(object? value, HashSet<SessionData> memory) => value is SessionData data ? new SessionData(memory, data.Number) : value;

    private static object? Move(object? value, HashSet<SessionData> memory)
    {
        object? moved = Copy(value, memory);
        (value as SessionData)?.Dispose();
        return moved;
    }

    private static void DropValues(SessionMessage message)
    {
        IEnumerable<object?> values = message switch
        {
            PutMessage put => [put.Value.Value],
            AttemptEndedMessage ended => ended.Results.Select(r => r.Value),
            RunMessage run => run.Inputs.SelectMany(ValuesOf),
            SettledMessage settled => ValuesOf(settled.Value),
            YieldMessage item => [item.Value.Value],
            ItemMessage item => ValuesOf(item.Item),
            _ => [],
        };
        foreach (SessionData data in values.OfType<SessionData>())
        {
            data.Dispose();
        }
    }

    private static IEnumerable<object?> ValuesOf(SessionValue value) => [value.Value, .. (value.Parts ?? []).SelectMany(ValuesOf)];

    /// <summary>Carries out the node's effects.</summary>
    private void Drain()
    {
        while (Node.EffectCount > 0)
        {
            int count = Node.TakeEffects(ref _buffer);
            foreach (Effect effect in _buffer[..count])
            {
                switch (effect.Kind)
                {
                    case EffectKind.Discard:
                        ((IDisposable)effect.Subject).Dispose();
                        break;
                    case EffectKind.CancelAttempt or EffectKind.StopActor or EffectKind.KillInstance:
                        // They take the lock again, which others may have before.
                        _effects.Add(effect);
                        break;
                    case EffectKind.SessionReady:
                        SessionProcess? process = _processes.Find(p => p.Session == effect.Subject);
                        (process ?? throw new ViolationException("A session without a process has messages.")).NodeHasMessages = true;
                        break;
                }
            }
        }
    }

    /// <summary>Carries out an effect that came of any command before.</summary>
    private void CarryOut()
    {
        int index = _rng.Next(_effects.Count);
        Effect effect = _effects[index];
        _effects.RemoveAt(index);
        switch (effect.Kind)
        {
            case EffectKind.CancelAttempt:
                Count("attempt given up");
                NodeEngine.GiveUp((Attempt)effect.Subject);
                break;
            case EffectKind.StopActor:
                Count("actor stopped");
                NodeEngine.StopInstance((ProcessInstance)effect.Extra!, dispose: true);
                break;
            default:
                ProcessInstance killed = (ProcessInstance)effect.Extra!;
                if (_processes.Find(p => p.Session == killed.Session) is { IsOwn: true } own && own.Session.Hosts(killed))
                {
                    Count("process of a killed actor ended");
                    End(own, new SessionEnd("its actor was killed"));
                }
                else
                {
                    NodeEngine.StopInstance(killed, dispose: false);
                }

                break;
        }

        Drain();
    }

    private void Drain(SessionProcess process)
    {
        while (process.Engine.EffectCount > 0)
        {
            int count = process.Engine.TakeEffects(ref _buffer);
            foreach (Effect effect in _buffer[..count])
            {
                switch (effect.Kind)
                {
                    case EffectKind.Fire:
                        ((Watcher)effect.Subject).Fire();
                        break;
                    case EffectKind.Discard:
                        ((IDisposable)effect.Subject).Dispose();
                        break;
                    case EffectKind.CancelAttempt:
                        if (((Attempt)effect.Subject).Host is SessionBody body)
                        {
                            body.IsCancelled = true;
                        }

                        break;
                    case EffectKind.StopActor:
                        ActorRecord stopped = (ActorRecord)effect.Subject;
                        Require(!_killed.Contains((stopped.Id, stopped.Incarnation)), () => $"incarnation {stopped.Incarnation} of actor {stopped.Id} was killed, and is disposed of");
                        break;
                    case EffectKind.SessionReady:
                        process.HasMessages = true;
                        break;
                }
            }
        }
    }

    private void Check()
    {
        foreach (SessionProcess process in _processes)
        {
            Require(!process.IsDead || process.Job is null or { IsEnded: true }, () => $"the job of {process.Session.Name}, which was killed, goes on");
            if (!process.IsDead || process.IsCutOff)
            {
                Require(process.Bodies.Count == 0, () => $"code of {process.Session.Name} waits for ever");
                Require(process.Engine.LiveObjects == 0, () => $"{process.Session.Name} keeps {process.Engine.LiveObjects} objects, first {Describe(process.Engine.Entries().First())}");
                Require(process.Engine.KnownToNode == 0, () => $"{process.Session.Name} knows {process.Engine.KnownToNode} objects");
                Require(process.Engine.RunningAttempts == 0, () => $"{process.Session.Name} runs {process.Engine.RunningAttempts} attempts");
                Require(process.Engine.InstanceCount == 0, () => $"{process.Session.Name} has {process.Engine.InstanceCount} actors");
                Require(process.Memory.Count == 0, () => $"{process.Session.Name} keeps {process.Memory.Count} values");
            }

            Require(process.Session.StreamCount == 0, () => $"the node has {process.Session.StreamCount} streams for {process.Session.Name}");
            Require(process.Session is { KnownCount: 0, RunningCount: 0, InstanceCount: 0 }, () => $"the node holds {process.Session.KnownCount} objects, {process.Session.RunningCount} attempts, {process.Session.InstanceCount} actors for {process.Session.Name}");
        }

        Require(Node.LiveObjects == 0, () => $"the node keeps {Node.LiveObjects} objects, first {Describe(Node.Entries().First())}");
        Require(Node.AbandonedAttempts.Count == 0, () => $"{Node.AbandonedAttempts.Count} attempts that were given up have not ended");
        Require(Node.RunningAttempts == 0, () => $"{Node.RunningAttempts} attempts have not ended");
        Require(Node.Resources.FreeCpu == _cpus * ResourceAmount.One, () => $"{Node.Resources.FreeCpu} CPU are free");
        Require(_nodeMemory.Count == 0, () => $"the node keeps {_nodeMemory.Count} values");
        Require(_wire.Count == 0, () => $"{_wire.Count} values are on the way");
    }

    private static string Describe(SessionMessage message) => message switch
    {
        SubmitMessage m => $"submit {m.Spec.Name} {m.Spec.Id} of {m.Spec.Parent}.{m.ParentAttempt} ({string.Join(", ", m.Spec.Inputs.Select(i => i.Id))})",
        RunMessage m => $"run {m.Spec.Name} {m.Spec.Id}.{m.Attempt}",
        AttemptEndedMessage m => $"ended {m.Task}.{m.Attempt} {m.Failure?.Message} ({string.Join(", ", m.Results.SelectMany(r => r.Contained))})",
        SettledMessage m => $"settled {m.Id} {m.Value.Failure?.Message} ({string.Join(", ", m.Value.Contained.Select(r => r.Id))})",
        PutMessage m => $"put {m.Id} ({string.Join(", ", m.Value.Contained)})",
        _ => message.ToString(),
    };

    private static string Describe(ObjectEntry entry) =>
        $"{entry.Id} {entry.Status} holds {entry.Holds} uses {entry.Uses} {(entry as TaskRecord)?.Kind} {(entry as TaskRecord)?.State} {(entry as TaskRecord)?.Name}";

    private static void Require(bool holds, Func<string> otherwise)
    {
        if (!holds)
        {
            throw new ViolationException(otherwise());
        }
    }

    private void Note(string what)
    {
        if (_trace.Count == TraceLength)
        {
            _ = _trace.Dequeue();
        }

        _trace.Enqueue($"{Steps}: {what}");
    }

    private void Count(string what) => Coverage[what] = Coverage.GetValueOrDefault(what) + 1;
}
