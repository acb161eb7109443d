namespace RayOrleans;

/// <summary>The base of failures of remote work and of the system. Misuse throws <see cref="ArgumentException"/> or <see cref="InvalidOperationException"/> instead.</summary>
public class RayException : Exception, IRayException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, where, why, and what can be done.</param>
    /// <param name="innerException">The cause, if one is known.</param>
    public RayException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
