namespace RayOrleans;

/// <summary>A blocking get waits for a call that is queued behind the very method that waits. Await the reference in an asynchronous method, or give the actor more concurrency.</summary>
public sealed class ActorDeadlockException : RayException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, where, why, and what can be done.</param>
    /// <param name="innerException">The cause, if one is known.</param>
    public ActorDeadlockException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The actor that would have waited for itself.</summary>
    public ActorId ActorId { get; init; }

    /// <summary>The method that waits.</summary>
    public string MethodName { get; init; } = "";
}
