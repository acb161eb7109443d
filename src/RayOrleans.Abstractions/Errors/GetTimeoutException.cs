namespace RayOrleans;

/// <summary>The time given to a get is over. The task goes on; getting the same reference later can succeed.</summary>
public sealed class GetTimeoutException : TimeoutException, IRayException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, where, why, and what can be done.</param>
    /// <param name="innerException">The cause, if one is known.</param>
    public GetTimeoutException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The object that was waited for; the first one missing where there were several.</summary>
    public ObjectId ObjectId { get; init; }

    /// <summary>How long was waited.</summary>
    public TimeSpan Timeout { get; init; }
}
