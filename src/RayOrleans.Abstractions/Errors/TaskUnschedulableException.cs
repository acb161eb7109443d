namespace RayOrleans;

/// <summary>No node could ever satisfy what the task or actor asks for. Thrown only where the options say so; otherwise it waits and is reported by the state listing.</summary>
public sealed class TaskUnschedulableException : RayException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, where, why, and what can be done.</param>
    /// <param name="innerException">The cause, if one is known.</param>
    public TaskUnschedulableException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The function or class.</summary>
    public string FunctionName { get; init; } = "";

    /// <summary>What was asked for.</summary>
    public string Request { get; init; } = "";
}
