namespace RayOrleans;

/// <summary>The actor is dead for good; the message says why, when and where.</summary>
public sealed class ActorDiedException : RayException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, where, why, and what can be done.</param>
    /// <param name="innerException">The cause, if one is known.</param>
    public ActorDiedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The actor.</summary>
    public ActorId ActorId { get; init; }

    /// <summary>The actor's class or name.</summary>
    public string ActorName { get; init; } = "";

    /// <summary>The node it last ran on.</summary>
    public NodeId NodeId { get; init; }

    /// <summary>Why it is dead: killed, out of scope, its constructor failed, its process or node died, it exited.</summary>
    public string Reason { get; init; } = "";

    /// <summary>When it died.</summary>
    public DateTimeOffset? DiedAt { get; init; }
}
