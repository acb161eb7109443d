namespace RayOrleans.Core;

/// <content>Processes of the node, and the engine of such a process.</content>
public sealed partial class NodeEngine
{
    /// <summary>A process of this node is there.</summary>
    /// <param name="name">What people call it: "worker process 4711".</param>
    /// <param name="job">The job of a driver; null for a worker.</param>
    public NodeSession OpenSession(string name, JobRecord? job = null) => _sessions.Open(name, job);

    /// <summary>Gives an attempt that was started here to a process, and with it up to so many ready tasks like it, which ride on its CPU.</summary>
    /// <param name="session">The process.</param>
    /// <param name="attempt">The attempt.</param>
    /// <param name="riders">The most that may ride.</param>
    /// <returns>The attempts that ride.</returns>
    public IReadOnlyList<Attempt> RunIn(NodeSession session, Attempt attempt, int riders = 0)
    {
        List<Attempt> riding = [];
        TaskRecord task = attempt.Task;
        if (riders > 0 && session.EndedBecause is null && task.Kind == TaskKind.Normal && task.Options is { Process: ProcessKind.Job, Environment: null, Shape.IsCpuOnly: true })
        {
            while (riding.Count < riders && _dispatcher.TryTakeRider(task) is { } next)
            {
                if (_tasks.HasInputs(next))
                {
                    riding.Add(_tasks.Start(next, null, null));
                }
                else
                {
                    _tasks.AwaitInputs(next);
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
    public void ReturnRiders() => Process!.ReturnRiders();

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

    /// <summary>Carries out <see cref="EffectKind.StopActor"/> for an actor that lives in a process.</summary>
    /// <param name="actor">The actor.</param>
    /// <param name="instance">What stands for it here.</param>
    /// <param name="dispose">Whether it ends in order.</param>
    public static void StopInstance(ActorRecord actor, ProcessInstance instance, bool dispose) => SessionMachine.Stop(actor, instance, dispose);

    /// <summary>In a process: a message from its node.</summary>
    public void OnNodeMessage(SessionMessage message) => Process!.OnMessage(message);

    /// <summary>In a process: messages for its node, in order; the list is the caller's.</summary>
    public List<SessionMessage> TakeNodeMessages() => Process!.TakeMessages();

    /// <summary>In a process: objects that the node holds for it.</summary>
    public int KnownToNode => Process?.KnownCount ?? 0;
}
