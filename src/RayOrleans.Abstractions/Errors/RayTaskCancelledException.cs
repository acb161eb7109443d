namespace RayOrleans;

/// <summary>The task was cancelled, before or while it ran.</summary>
public sealed class RayTaskCancelledException : OperationCanceledException, IRayException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What was cancelled and by whom.</param>
    /// <param name="innerException">The cause, if one is known.</param>
    public RayTaskCancelledException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The task.</summary>
    public TaskId TaskId { get; init; }

    /// <summary>The function.</summary>
    public string FunctionName { get; init; } = "";

    /// <summary>Whether the function had started.</summary>
    public bool HadStarted { get; init; }
}
