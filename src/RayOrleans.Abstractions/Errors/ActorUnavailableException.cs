namespace RayOrleans;

/// <summary>The actor is restarting or cannot be reached; the call may or may not have run. Later calls can succeed.</summary>
public sealed class ActorUnavailableException : RayException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, where, why, and what can be done.</param>
    /// <param name="innerException">The cause, if one is known.</param>
    public ActorUnavailableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The actor.</summary>
    public ActorId ActorId { get; init; }

    /// <summary>The actor's class or name.</summary>
    public string ActorName { get; init; } = "";

    /// <summary>The node it last ran on.</summary>
    public NodeId NodeId { get; init; }

    /// <summary>How often it has been restarted.</summary>
    public int Restarts { get; init; }
}
