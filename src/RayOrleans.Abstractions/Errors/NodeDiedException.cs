namespace RayOrleans;

/// <summary>The node died and no retries are left or asked for, or the embedded node itself was declared dead.</summary>
public sealed class NodeDiedException : RayException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, where, why, and what can be done.</param>
    /// <param name="innerException">The cause, if one is known.</param>
    public NodeDiedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The node that died.</summary>
    public NodeId NodeId { get; init; }

    /// <summary>The task that was lost with it, if one was.</summary>
    public TaskId TaskId { get; init; }
}
