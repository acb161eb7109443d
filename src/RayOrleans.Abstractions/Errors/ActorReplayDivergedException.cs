namespace RayOrleans;

/// <summary>An exact replay of an actor's logged calls met another effect than the log says: the code is not deterministic or has changed.</summary>
public sealed class ActorReplayDivergedException : RayException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, where, why, and what can be done.</param>
    /// <param name="innerException">The cause, if one is known.</param>
    public ActorReplayDivergedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The actor that was being rebuilt.</summary>
    public ActorId ActorId { get; init; }

    /// <summary>The position in the log.</summary>
    public long Position { get; init; }

    /// <summary>What the log says.</summary>
    public string? Expected { get; init; }

    /// <summary>What the replay did.</summary>
    public string? Actual { get; init; }
}
