namespace RayOrleans;

/// <summary>The runtime environment of the task or actor could not be set up.</summary>
public sealed class RuntimeEnvException : RayException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, where, why, and what can be done.</param>
    /// <param name="innerException">The cause, if one is known.</param>
    public RuntimeEnvException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The node that tried.</summary>
    public NodeId NodeId { get; init; }
}
