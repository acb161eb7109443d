namespace RayOrleans.Core;

/// <summary>
/// A node's decisions: what its tasks, objects, holds, resources and actors do next. Deterministic: it is fed commands and the time and
/// appends effects to its outbox; it has no clock, thread, lock or I/O. The caller guards every member by one lock and carries the
/// effects out after releasing it. Waiting works by watchers: nothing here blocks.
/// </summary>
public sealed partial class NodeEngine
{
    private readonly Outbox _outbox = new();
    private readonly RetryQueue _retries = new();
    private readonly ObjectTable _objects;
    private readonly Dispatcher _dispatcher;
    private readonly TaskMachine _tasks;
    private readonly ActorMachine _actors;
    private readonly RebuildMachine _rebuild;
    private readonly StreamMachine _streams;
    private readonly SessionMachine _sessions;
    private readonly AttemptMachine _attempts;
    private readonly Endings _endings;
    private readonly Watches _watches;

    /// <summary>Makes an engine for a node with the given resources.</summary>
    public NodeEngine(EngineOptions options)
    {
        Resources = new ResourceLedger(options.Resources);
        _objects = new ObjectTable(_outbox) { Fit = options.Cluster is { } fit ? new StoreFit(fit) : null };
        _dispatcher = new Dispatcher(Resources);
        _actors = new ActorMachine(_objects, _outbox) { Ledger = Resources };
        _tasks = new TaskMachine(_objects, _dispatcher, _retries, _outbox, options) { Actors = _actors };
        _actors.Tasks = _tasks;
        _attempts = new AttemptMachine(_tasks, _actors, _dispatcher, Resources, _outbox, Pump);
        _endings = new Endings(_objects, _tasks, _actors, _dispatcher, Resources);
        _rebuild = new RebuildMachine(_objects, _tasks, options);
        _tasks.LostMeanwhile = entry => _rebuild.Lose(entry);
        _sessions = new SessionMachine(this, _objects, _actors, _outbox, options);
        if (options.IsProcess)
        {
            Process = new ProcessMachine(_objects, _outbox, options.MakeTuple);
            _objects.Process = Process;
            _objects.SharedSettled = static _ => { };
        }

        _streams = new StreamMachine(_objects, _outbox) { Process = Process?.Streams };

        if (options.Cluster is { } cluster)
        {
            EngineCommands commands = new(Pump, (job, why) => EndJob(job, why, withDetached: false), Free);
            Cluster = new ClusterMachine(cluster, _objects, _tasks, _actors, Resources, _dispatcher, _rebuild, _outbox, commands);
            _streams.Cluster = Cluster.Tasks;
        }

        _watches = new Watches(Cluster, Process);
    }

    /// <summary>The other nodes; null on a node that is alone.</summary>
    public ClusterMachine? Cluster { get; }

    /// <summary>Not null: this is a process attached to a node, which decides everything.</summary>
    internal ProcessMachine? Process { get; }

    /// <summary>The node's resources.</summary>
    public ResourceLedger Resources { get; }

    /// <summary>Effects not yet taken.</summary>
    public int EffectCount => _outbox.Count;

    /// <summary>When <see cref="Tick"/> has something to do; null when nothing waits for time.</summary>
    public long? NextTick => _retries.Next;

    /// <summary>Entries that are held, used or unfinished.</summary>
    public int LiveObjects => _objects.LiveCount;

    /// <summary>Bytes of their values.</summary>
    public long LiveBytes => _objects.LiveBytes;

    /// <summary>Tasks that are ready and wait for resources.</summary>
    public int ReadyTasks => _dispatcher.ReadyCount;

    /// <summary>Attempts of tasks and actor calls that have started and not ended.</summary>
    public int RunningAttempts => Process?.Attempts.RunningCount ?? _tasks.RunningCount;

    /// <summary>Attempts that are not wanted any more and whose code has not returned.</summary>
    public IReadOnlyCollection<Attempt> AbandonedAttempts => _tasks.Cancellation.Abandoned;

    /// <summary>Actors that are not forgotten.</summary>
    public IReadOnlyCollection<ActorRecord> Actors => _actors.All;

    /// <summary>All live entries; do not change anything while enumerating.</summary>
    public IEnumerable<ObjectEntry> Entries() => _objects.Live;

    /// <summary>What this node knows of an object, of what makes it and of what that waits for, for people.</summary>
    public string Describe(ObjectId id) => EngineDescription.Of(this, id);

    /// <summary>Moves the pending effects into the buffer; the caller carries them out after releasing the lock.</summary>
    /// <returns>How many there are.</returns>
    public int TakeEffects(ref Effect[] buffer) => _outbox.MoveTo(ref buffer);

    /// <summary>A value put by the user, held once. What its value refers to must be held by the caller until this returns.</summary>
    /// <param name="entry">The object.</param>
    /// <param name="value">Its value in the runtime's form.</param>
    /// <param name="size">Its size in bytes.</param>
    /// <param name="contained">What it refers to.</param>
    /// <param name="isReplicated">In a process: whether its node is to have a copy kept elsewhere.</param>
    public void Put(ObjectEntry entry, object? value, long size, ObjectEntry[]? contained, bool isReplicated = false)
    {
        entry.Holds++;
        _objects.Link(entry);
        _objects.SetValue(entry, value, size, contained, 0);
        Process?.Put(entry, isReplicated);
    }

    /// <summary>One more hold of this process on an entry that is held.</summary>
    public void Hold(ObjectEntry entry) => _objects.Hold(entry);

    /// <summary>Lets one hold go.</summary>
    /// <param name="entry">The entry.</param>
    /// <param name="bySubmitter">Whether it is the hold that was made when its task was submitted.</param>
    public void ReleaseHold(ObjectEntry entry, bool bySubmitter = false)
    {
        if (bySubmitter && entry is TaskRecord task)
        {
            task.SubmitterHolds = false;
        }

        _objects.ReleaseHold(entry);
        Pump();
    }

    /// <summary>Deletes the value though references remain; reading it then fails.</summary>
    public void Free(ObjectEntry entry)
    {
        Process?.Wish(entry, OwnerWish.Free, flag: false);
        if (Cluster?.Wish(entry, OwnerWish.Free, flag: false) == true)
        {
            return;
        }

        if (entry.Status is ObjectStatus.Available or ObjectStatus.Remote)
        {
            _objects.Invalidate(entry, new Failure(FailureKind.ObjectFreed, $"Object {entry.Id} was freed by Ray.Free.", null, entry.TaskId));
            Pump();
        }
    }

    /// <summary>The only copy of the value is gone: rebuilt from lineage while somebody holds it, or failed with the reason.</summary>
    public void Lose(ObjectEntry entry)
    {
        _rebuild.Lose(entry);
        Pump();
    }

    /// <summary>
    /// The copy of the value here is gone: evicted, or damaged on disk. It is pulled again where it is elsewhere, else rebuilt from lineage while somebody
    /// holds it, or failed with the reason. Nothing happens when the entry has another value by now.
    /// </summary>
    /// <param name="entry">The object.</param>
    /// <param name="value">The value that is gone.</param>
    /// <param name="why">How, as the end of a sentence: "on disk: ...".</param>
    public void LoseHere(ObjectEntry entry, object value, string why)
    {
        if (entry.Status != ObjectStatus.Available || !ReferenceEquals(entry.Value, value))
        {
            return;
        }

        if (Process is not null)
        {
            Process.LoseHere(entry);
            return;
        }

        if (Cluster?.LoseHere(entry) != true)
        {
            _rebuild.Lose(entry, why);
        }

        Pump();
    }

    /// <summary>Accepts a task; its result is held once for the submitter.</summary>
    public void Submit(TaskRecord task)
    {
        if (Process is not null)
        {
            Process.Submit(task);
            return;
        }

        if (task.Kind == TaskKind.ActorCall)
        {
            _actors.Calls.Submit(task);
        }
        else
        {
            _tasks.Submit(task);
        }

        Pump();
    }

    /// <summary>How many pending calls an actor has room for; at least 1 means one more may be submitted.</summary>
    public static int RoomFor(ActorRecord actor) =>
        actor.Options.MaxPendingCalls < 0 ? int.MaxValue : actor.Options.MaxPendingCalls - actor.PendingCalls;

    /// <summary>Accepts an actor and the task that constructs it; false when its name is taken.</summary>
    public bool TryCreateActor(ActorRecord actor, TaskRecord creation)
    {
        if (Process is not null)
        {
            Process.Submit(creation);
            return true;
        }

        bool created = _actors.TryCreate(actor, creation);
        Pump();
        return created;
    }

    /// <summary>Constructs an actor that was announced (<see cref="ClusterMachine.Announce"/>) and has got its name.</summary>
    public void StartActor(TaskRecord creation)
    {
        Cluster!.Named.Start(creation);
        Pump();
    }

    /// <summary>The live actor with that name; only on a node that is alone.</summary>
    public ActorRecord? FindActor(string @namespace, string name) => _actors.Find(@namespace, name);

    /// <summary>The actor with that id.</summary>
    public ActorRecord? FindActor(ActorId id) => Process is null ? _actors.Find(id) : Process.Known.FindActor(id);

    /// <summary>Stops an actor now.</summary>
    public void KillActor(ActorRecord actor, bool mayRestart, string why)
    {
        if (Process is not null)
        {
            Process.Wish(actor.Creation, OwnerWish.Kill, mayRestart);
            return;
        }

        if (actor.Handle is not { } handle || Cluster?.Wish(handle, OwnerWish.Kill, mayRestart) != true)
        {
            _actors.Kill(actor, mayRestart, why);
        }

        Pump();
    }

    /// <summary>Why no node could ever run the task; null: one could.</summary>
    public string? Unschedulable(TaskRecord task) => task.Kind == TaskKind.ActorCall ? null : Cluster?.WhyUnknown(task) ?? _tasks.Unschedulable(task);

    /// <summary>Starts the next task or actor call, with its resources; null when nothing can start.</summary>
    /// <param name="wantedOnly">Only what a blocked attempt waits for: the node is at its bound of threads.</param>
    public Attempt? TryStart(bool wantedOnly = false)
    {
        if (Process is not null)
        {
            return Process.Attempts.TryStart();
        }

        Attempt? started = _attempts.TryStart(wantedOnly);

        // With its start a task's arguments do not count any more.
        Cluster?.FetchAdmitted();
        return started;
    }

    /// <summary>Starts the next task that runs in another process of this node, with its resources; null: there is none, or something else comes first.</summary>
    public Attempt? TryStartElsewhere() => _attempts.TryStartTask(wantedOnly: false, elsewhere: true);

    /// <summary>How many attempts could start now, counting at most <paramref name="limit"/>.</summary>
    public int Startable(int limit, bool wantedOnly = false) =>
        Process is null ? _attempts.Startable(limit, wantedOnly) : Math.Min(limit, Process.Attempts.ReadyCount);

    /// <summary>
    /// Starts exactly this task, if it is ready and fits once the caller's CPU is given back: the caller will run it in place of waiting for it.
    /// </summary>
    /// <param name="task">The task waited for.</param>
    /// <param name="waiter">The attempt that waits; null for a driver thread.</param>
    public Attempt? TryClaim(TaskRecord task, Attempt? waiter) => _attempts.TryClaim(task, waiter);

    /// <summary>The end of an attempt: its resources are free again, and its outcome is accepted, refused, or leads to another attempt.</summary>
    /// <returns>Whether the outcome was accepted.</returns>
    public bool Complete(Attempt attempt, in Outcome outcome, long now)
    {
        if (Process is not null)
        {
            return Process.Attempts.Complete(attempt, in outcome);
        }

        if (attempt.IsEnded)
        {
            _attempts.RefuseRepeated(attempt.Task, in outcome);
            return false;
        }

        bool accepted = _attempts.Complete(attempt, in outcome, now);
        Pump();
        return accepted;
    }

    /// <summary>The attempt begins to wait: its CPU is free for others.</summary>
    public void Block(Attempt attempt)
    {
        if (Process is not null)
        {
            Process.Attempts.Block(attempt);
            return;
        }

        _attempts.Block(attempt);
    }

    /// <summary>The attempt resumes at once, with its CPU, even below zero.</summary>
    public void Unblock(Attempt attempt)
    {
        if (Process is not null)
        {
            Process.Attempts.Unblock(attempt);
            return;
        }

        _attempts.Unblock(attempt);
    }

    /// <summary>A blocked attempt waits for this object: what makes it is served first.</summary>
    public void Want(ObjectEntry entry)
    {
        if (!entry.IsSettled && entry.Producer is { } producer)
        {
            _tasks.Wanted.Want(producer);
        }
    }

    /// <summary>Finds what keeps a blocking wait from ever ending.</summary>
    /// <param name="waiter">The attempt that is about to block.</param>
    /// <param name="entries">What it would wait for.</param>
    /// <param name="needed">How many of them must settle.</param>
    /// <param name="holdsTurn">Whether it blocks the turn of its asynchronous actor, and with it every other call.</param>
    /// <returns>An object that can only come once the waiter has gone on; null where the wait may end.</returns>
    public static ObjectEntry? FindDeadlock(Attempt waiter, ReadOnlySpan<ObjectEntry> entries, int needed, bool holdsTurn) =>
        WaitGraph.FindDeadlock(waiter, entries, needed, holdsTurn);

    /// <summary>Notes what a blocked attempt waits for without bound, so that others see when they would wait for it in vain.</summary>
    public static void NoteBlocked(Attempt attempt, ObjectEntry[] entries, bool holdsTurn) => WaitGraph.NoteBlocked(attempt, entries, holdsTurn);

    /// <summary>The wait noted by <see cref="NoteBlocked"/> is over.</summary>
    public static void NoteResumed(Attempt attempt) => WaitGraph.NoteResumed(attempt);

    /// <summary>
    /// Registers a watcher with those of the entries that have not settled. It fires once <paramref name="needed"/> of all the entries
    /// have settled, or at a failure where it asks for that.
    /// </summary>
    /// <returns>False when that is so already: the watcher is not registered and never fires.</returns>
    public bool Watch(Watcher watcher, ReadOnlySpan<ObjectEntry> entries, int needed) => _watches.Watch(watcher, entries, needed);

    /// <summary>Gives a watcher up; it does not fire afterwards, unless its effect was taken before.</summary>
    /// <returns>False when it had fired.</returns>
    public bool Unwatch(Watcher watcher, ReadOnlySpan<ObjectEntry> entries) => Watches.Unwatch(watcher, entries);

    /// <summary>Cancels the task that makes the object; nothing happens when it has ended.</summary>
    /// <param name="entry">The object.</param>
    /// <param name="recursive">Whether the tasks that its task has submitted are cancelled too.</param>
    /// <param name="byForce">Whether a process that runs it and nothing else is ended.</param>
    public void Cancel(ObjectEntry entry, bool recursive = true, bool byForce = false)
    {
        OwnerWish wish = byForce ? OwnerWish.CancelByForce : OwnerWish.Cancel;
        if (Process is not null)
        {
            Process.Wish(entry, wish, recursive);
            return;
        }

        if (Cluster?.Wish(entry, wish, recursive) == true)
        {
            return;
        }

        if (entry.Producer is { IsTerminal: false } task)
        {
            _tasks.Cancellation.Cancel(task, recursive, byForce);
            Pump();
        }
    }

    /// <summary>Lets due retries run.</summary>
    public void Tick(long now)
    {
        Cluster?.Tick(now);
        while (_retries.TryTake(now) is { } task)
        {
            _tasks.Inputs.Await(task);
        }

        Pump();
    }

    /// <summary>Ends a job: its tasks are cancelled and its actors stopped unless detached.</summary>
    /// <param name="job">The job.</param>
    /// <param name="why">The reason, for those who still wait.</param>
    /// <param name="withDetached">Whether detached actors end as well: the node itself stops.</param>
    /// <param name="status">What the job table is told, when the driver is on this node.</param>
    public void EndJob(JobRecord job, string why, bool withDetached = false, JobStatus status = JobStatus.Succeeded)
    {
        if (job.IsEnded && Cluster is not null)
        {
            return;
        }

        job.EndedBecause = why;
        Cluster?.OnJobEnded(job, status, why);
        _endings.End(job, why, withDetached);
        Pump();
        _dispatcher.Forget(job);
        if (Cluster is not null)
        {
            _outbox.Add(EffectKind.JobEnded, job);
        }
    }

    /// <summary>Grants all the reservations out of the node's resources, or none.</summary>
    public bool TryReserve(IReadOnlyList<ResourceLedger> reservations) => Resources.TryReserve(reservations);

    /// <summary>Ends reservations: what waits for them or runs in them is cancelled, and their resources go back to the node.</summary>
    public void RemoveReservation(IReadOnlyList<ResourceLedger> reservations, bool wasGranted, string why)
    {
        _endings.End(reservations, wasGranted, why);
        Pump();
    }

    private void Pump()
    {
        while (true)
        {
            if (_objects.InputsSettled.TryDequeue(out TaskRecord? task))
            {
                _tasks.Inputs.OnSettled(task);
            }
            else if (_objects.Unfit.TryDequeue(out TaskRecord? unfit))
            {
                _tasks.Inputs.OnUnfit(unfit);
            }
            else if (_objects.OutOfScope.TryDequeue(out TaskRecord? creation))
            {
                _actors.OnOutOfScope(creation);
            }
            else if (Cluster?.FetchAdmitted() != true)
            {
                return;
            }
        }
    }
}
