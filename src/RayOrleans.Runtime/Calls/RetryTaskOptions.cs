namespace RayOrleans.Runtime;

/// <summary>Task options with the exceptions that the user wants retried.</summary>
internal sealed record RetryTaskOptions : Core.TaskOptions
{
    public RetryExceptions Retry { get; init; }
}
