namespace RayOrleans;

/// <summary>The actor already has as many calls waiting as its options allow.</summary>
public sealed class PendingCallsLimitExceededException : RayException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, where, why, and what can be done.</param>
    /// <param name="innerException">The cause, if one is known.</param>
    public PendingCallsLimitExceededException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The actor.</summary>
    public ActorId ActorId { get; init; }

    /// <summary>The limit: the option maxPendingCalls.</summary>
    public int Limit { get; init; }
}
