namespace RayOrleans;

/// <summary>The worker process died and the retries are used up.</summary>
public sealed class WorkerCrashedException : RayException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, where, why, and what can be done.</param>
    /// <param name="innerException">The cause, if one is known.</param>
    public WorkerCrashedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The worker that died.</summary>
    public WorkerId WorkerId { get; init; }

    /// <summary>The node it ran on.</summary>
    public NodeId NodeId { get; init; }

    /// <summary>The function that was running.</summary>
    public string FunctionName { get; init; } = "";

    /// <summary>The attempt that was running, from 0.</summary>
    public int Attempt { get; init; }

    /// <summary>The exit code, where the process ended by itself.</summary>
    public int? ExitCode { get; init; }

    /// <summary>The number of the signal that ended the process, where one did.</summary>
    public int? Signal { get; init; }
}
