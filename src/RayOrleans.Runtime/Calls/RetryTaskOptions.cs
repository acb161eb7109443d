using RayOrleans.Serialization;

namespace RayOrleans.Runtime;

/// <summary>Task options with what the runtime must know besides: the exceptions that the user wants retried, and where it may run.</summary>
internal sealed record RetryTaskOptions : Core.TaskOptions
{
    /// <summary>The exceptions that are retried; decided where the attempt ran.</summary>
    public RetryExceptions Retry { get; init; }

    /// <summary>The names of the listed exception types, where they came from another node and nobody here has resolved them; else null.</summary>
    public byte[][]? PackedRetry { get; init; }

    /// <summary>Whether an attempt that threw this is to be repeated.</summary>
    /// <param name="exception">What the user's code threw.</param>
    /// <param name="serializer">The serialiser of the task's code, which knows the types by their names.</param>
    public bool Retries(Exception exception, ValueSerializer serializer) =>
        Retry.Matches(exception)
        || (PackedRetry is { } names && Array.Exists(names, name => serializer.TryFindType(name)?.IsInstanceOfType(exception) == true));

    /// <summary>What the labels of the node must be.</summary>
    public IReadOnlyDictionary<string, string>? LabelSelector { get; init; }

    /// <summary>Which node to go to.</summary>
    public SchedulingStrategy Strategy { get; init; } = SchedulingStrategy.Default;
}
