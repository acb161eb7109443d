namespace RayOrleans;

/// <summary>
/// The remote function threw. <see cref="Exception.InnerException"/> is what it threw, in its original type where that can be loaded here.
/// A chain of tasks gives a chain of these, one per hop.
/// </summary>
public sealed class RayTaskException : RayException
{
    /// <summary>Makes the exception with a message of its own.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">What the function threw.</param>
    public RayTaskException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Makes the exception for a function that threw.</summary>
    /// <param name="functionName">The function, as people know it.</param>
    /// <param name="nodeId">The node that ran it.</param>
    /// <param name="attempt">The attempt that failed, from 0.</param>
    /// <param name="innerException">What it threw; a stand-in where the type cannot be loaded here.</param>
    /// <param name="remoteStackTrace">The stack on the executing side; null takes the one of <paramref name="innerException"/>.</param>
    public RayTaskException(string functionName, NodeId nodeId, int attempt, Exception innerException, string? remoteStackTrace = null)
        : base(Describe(functionName, nodeId, attempt, innerException), innerException)
    {
        FunctionName = functionName;
        NodeId = nodeId;
        Attempt = attempt;
        OriginalTypeName = TypeNameOf(innerException);
        RemoteStackTrace = remoteStackTrace ?? (innerException as RemoteException)?.RemoteStackTrace ?? ExceptionText.StackOf(innerException);
    }

    /// <summary>The function that threw.</summary>
    public string FunctionName { get; init; } = "";

    /// <summary>The task that ran it.</summary>
    public TaskId TaskId { get; init; }

    /// <summary>The actor whose method threw; none for a plain task.</summary>
    public ActorId ActorId { get; init; }

    /// <summary>The node that ran it.</summary>
    public NodeId NodeId { get; init; }

    /// <summary>The attempt that failed, from 0.</summary>
    public int Attempt { get; init; }

    /// <summary>The full name of the type that was thrown, also where that type cannot be loaded here.</summary>
    public string? OriginalTypeName { get; init; }

    /// <summary>The stack trace on the side that executed the function.</summary>
    public string? RemoteStackTrace { get; init; }

    /// <summary>The message, the remote stack, and the local one.</summary>
    public override string ToString() =>
        RemoteStackTrace is null ? base.ToString() : $"{base.ToString()}{Environment.NewLine}--- Remote stack of {FunctionName} ---{Environment.NewLine}{RemoteStackTrace}";

    private static string Describe(string functionName, NodeId nodeId, int attempt, Exception inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        return $"{functionName} failed on node {nodeId} (attempt {attempt}): {TypeNameOf(inner)}: {ExceptionText.MessageOf(inner)}";
    }

    private static string? TypeNameOf(Exception inner) => (inner as RemoteException)?.OriginalTypeName ?? inner.GetType().FullName;
}
