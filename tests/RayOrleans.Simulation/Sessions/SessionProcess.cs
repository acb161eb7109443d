namespace RayOrleans.Core.Simulation.Sessions;

/// <summary>A process attached to the node: its engine, its session, and what is on the way between them.</summary>
internal sealed class SessionProcess(NodeEngine engine, NodeSession session, JobRecord? job)
{
    public NodeEngine Engine => engine;

    public NodeSession Session => session;

    /// <summary>A driver's job; null for a worker.</summary>
    public JobRecord? Job => job;

    public Queue<SessionMessage> Up { get; } = new();

    public Queue<SessionMessage> Down { get; } = new();

    /// <summary>Values in the process' memory.</summary>
    public HashSet<SessionData> Memory { get; } = [];

    public List<SessionBody> Bodies { get; } = [];

    /// <summary>How many calls each actor that lives here has begun.</summary>
    public Dictionary<ActorRecord, long> Calls { get; } = [];

    public bool HasMessages { get; set; }

    public bool NodeHasMessages { get; set; }

    public bool IsDead { get; set; }

    /// <summary>Whether it is the node that is dead, as far as it can see: a driver's code goes on.</summary>
    public bool IsCutOff { get; set; }

    /// <summary>Whether it has noticed that.</summary>
    public bool KnowsOfEnd { get; set; }

    /// <summary>Whether it runs one thing at a time; null: nothing has run in it yet.</summary>
    public bool? IsOwn { get; set; }
}
