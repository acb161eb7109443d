namespace RayOrleans;

/// <summary>The node ran out of memory and the task was stopped to save it.</summary>
public sealed class NodeOutOfMemoryException : RayException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, where, why, and what can be done.</param>
    /// <param name="innerException">The cause, if one is known.</param>
    public NodeOutOfMemoryException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The node.</summary>
    public NodeId NodeId { get; init; }

    /// <summary>The function that was stopped.</summary>
    public string FunctionName { get; init; } = "";

    /// <summary>The memory in use then, in bytes.</summary>
    public long UsedBytes { get; init; }

    /// <summary>The node's limit, in bytes.</summary>
    public long LimitBytes { get; init; }
}
