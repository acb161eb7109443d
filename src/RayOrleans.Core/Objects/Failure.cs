namespace RayOrleans.Core;

/// <summary>Why an object has no value; immutable.</summary>
/// <param name="Kind">The family.</param>
/// <param name="Message">What, where, why.</param>
/// <param name="Cause">What the runtime attached: an exception, as a rule.</param>
/// <param name="Source">The task that failed first; dependents carry the same failure.</param>
/// <param name="FunctionName">The name of that task's function.</param>
/// <param name="Attempt">The attempt that failed.</param>
public sealed record Failure(
    FailureKind Kind, string Message, object? Cause = null, TaskId Source = default, string? FunctionName = null, int Attempt = 0)
{
    /// <summary>The node where it happened, or that died; none where that is not known.</summary>
    public NodeId Node { get; init; }

    /// <summary>For a cancelled task: whether an attempt had started.</summary>
    public bool HadStarted { get; init; }
}
