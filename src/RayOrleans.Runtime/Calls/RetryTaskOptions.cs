namespace RayOrleans.Runtime;

/// <summary>Task options with what the runtime must know besides: the exceptions that the user wants retried, and where it may run.</summary>
internal sealed record RetryTaskOptions : Core.TaskOptions
{
    /// <summary>The exceptions that are retried; decided where the attempt ran.</summary>
    public RetryExceptions Retry { get; init; }

    /// <summary>The names of the listed exception types, where they came from another node and nobody here has resolved them; else null.</summary>
    public byte[][]? PackedRetry { get; init; }

    /// <summary>What the labels of the node must be.</summary>
    public IReadOnlyDictionary<string, string>? LabelSelector { get; init; }

    /// <summary>Which node to go to.</summary>
    public SchedulingStrategy Strategy { get; init; } = SchedulingStrategy.Default;
}
