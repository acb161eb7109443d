namespace RayOrleans.Core;

/// <content>Processes of the node, and the engine of such a process.</content>
public sealed partial class NodeEngine
{
    /// <summary>A process of this node is there.</summary>
    /// <param name="name">What people call it: "worker process 4711".</param>
    /// <param name="job">The job of a driver; null for a worker.</param>
    public NodeSession OpenSession(string name, JobRecord? job = null) => _sessions.Open(name, job);

    /// <summary>
    /// To be asked in one step with <see cref="RunIn"/>, before a process is chosen: an attempt that was given up since it was started ends here, for nobody who could
    /// notice was told of it.
    /// </summary>
    /// <returns>Whether it has ended.</returns>
    public bool EndIfAbandoned(Attempt attempt, long now)
    {
        if (!attempt.IsAbandoned)
        {
            return false;
        }

        _ = Complete(attempt, Outcome.UserFailure(Cancellation.FailureOf(attempt.Task, "it was given up before it was handed over"), isRetriable: false), now);
        return true;
    }

    /// <summary>Gives an attempt that was started here to a process, and with it up to so many ready tasks like it, which ride on its CPU.</summary>
    /// <param name="session">The process.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="riders">The most that may ride.</param>
    /// <returns>The attempts that ride.</returns>
    public IReadOnlyList<Attempt> RunIn(NodeSession session, Attempt attempt, int riders = 0)
    {
        List<Attempt> riding = [];
        TaskRecord task = attempt.Task;
        if (riders > 0 && session.EndedBecause is null && task.Kind == TaskKind.Normal && task.Options is { Process: ProcessKind.Job, Shape.IsCpuOnly: true })
        {
            while (riding.Count < riders && _dispatcher.TryTakeRider(task) is { } next)
            {
                if (_tasks.Inputs.AreThere(next))
                {
                    riding.Add(_tasks.Start(next, null, null));
                }
                else
                {
                    _tasks.Inputs.Await(next);
                    Pump();
                }
            }
        }

        if (riding.Count > 0)
        {
            attempt.Lease = new Lease();
            foreach (Attempt rider in riding)
            {
                attempt.Lease.Add(rider);
            }
        }

        _sessions.Run(session, attempt, riding.Count > 0 ? RideKind.Leads : RideKind.Alone);
        foreach (Attempt rider in riding)
        {
            _sessions.Run(session, rider, RideKind.Rides);
        }

        return riding;
    }

    /// <summary>A rider that was not started becomes ready again, as if it had never left.</summary>
    internal void Return(Attempt rider)
    {
        rider.Lease!.Remove(rider);
        _tasks.Unstart(rider);
        Pump();
    }

    /// <summary>In a process, now and then: riders whose leader takes long go back to the node, which may have a CPU for them.</summary>
    public void ReturnRiders() => Process!.Attempts.ReturnRiders();

    /// <summary>A message from a process.</summary>
    /// <exception cref="SessionProtocolException">It cannot be: close the session.</exception>
    public void OnMessage(NodeSession session, SessionMessage message, long now)
    {
        _sessions.OnMessage(session, message, now);
        Pump();
    }

    /// <summary>A process has ended, and with it everything that it held and ran.</summary>
    /// <param name="session">Its session.</param>
    /// <param name="end">How.</param>
    /// <param name="now">The time.</param>
    public void CloseSession(NodeSession session, SessionEnd end, long now)
    {
        _sessions.Close(session, end, now);
        Pump();
    }

    /// <summary>Carries out <see cref="EffectKind.CancelAttempt"/> for an attempt that a process runs.</summary>
    public static void GiveUp(Attempt attempt) => SessionMachine.GiveUp(attempt);

    /// <summary>Carries out <see cref="EffectKind.StopActor"/> and <see cref="EffectKind.KillInstance"/> for an actor that lives in a process.</summary>
    /// <param name="instance">What stands for it here.</param>
    /// <param name="dispose">Whether it ends in order; else it was killed.</param>
    public static void StopInstance(ProcessInstance instance, bool dispose) => SessionMachine.Stop(instance, dispose);

    /// <summary>Questions of a process for actors by name, each answered by <see cref="AnswerName"/>.</summary>
    public IReadOnlyList<NameRequest> TakeNameRequests(NodeSession session) => session.NameRequests.Count == 0 ? [] : _sessions.TakeNameRequests(session);

    /// <summary>Answers such a question.</summary>
    /// <param name="session">Who has asked.</param>
    /// <param name="request">The question.</param>
    /// <param name="inputs">The inputs of its creation, as they were when it was taken.</param>
    /// <param name="actor">The actor's construction, held once for the caller, who has it no more afterwards; null: there is none.</param>
    /// <param name="problem">Why there is no answer; null: there is.</param>
    public void AnswerName(NodeSession session, NameRequest request, IReadOnlyList<ObjectEntry> inputs, TaskRecord? actor, string? problem)
    {
        _sessions.AnswerName(session, request, inputs, actor, problem);
        Pump();
    }

    /// <summary>Has a second node keep a copy of what a process has put.</summary>
    /// <returns>What settles once two nodes do; null: there is no other node, or the process has let go of it.</returns>
    public ObjectEntry? ReplicateFor(NodeSession session, ObjectId id) => SessionMachine.Find(session, id) is { } entry ? Cluster?.Replicate(entry) : null;

    /// <summary>In a process: asks for an actor by name.</summary>
    /// <param name="number">The question's number.</param>
    /// <param name="namespace">The namespace of the name.</param>
    /// <param name="name">The name.</param>
    /// <param name="creation">What constructs it if there is none; null: it is only looked for. The caller keeps its inputs reachable until the answer.</param>
    /// <param name="getIfExists">Whether one that is there already will do.</param>
    public void AskName(long number, string @namespace, string name, TaskRecord? creation, bool getIfExists) => Process!.AskName(number, @namespace, name, creation, getIfExists);

    /// <summary>In a process: the actor of an answer that has come, held once for the caller; null: there is none.</summary>
    public TaskRecord? TakeNamed(long number) => Process!.TakeNamed(number);

    /// <summary>In a process: a message from its node.</summary>
    public void OnNodeMessage(SessionMessage message) => Process!.OnMessage(message);

    /// <summary>In a process: messages for its node, in order; the list is the caller's.</summary>
    public List<SessionMessage> TakeNodeMessages() => Process!.TakeMessages();

    /// <summary>In a driver's process: its job.</summary>
    public void AddJob(JobRecord job) => Process!.Known.AddJob(job);

    /// <summary>In a driver's process: its node is gone, or wants no more of it.</summary>
    /// <param name="why">The reason, as a clause.</param>
    public void CloseProcess(string why)
    {
        Process!.Close(why);
        Pump();
    }

    /// <summary>In a process: messages for its node that nobody has taken. Needs no lock.</summary>
    public int WaitingForNode => Process?.MessageCount ?? 0;

    /// <summary>In a process: objects that the node holds for it.</summary>
    public int KnownToNode => Process?.Known.Count ?? 0;

    /// <summary>In a process: actors that live here.</summary>
    public int InstanceCount => Process?.Attempts.InstanceCount ?? 0;
}
