using CartPole.Learning;

namespace CartPole.Workers;

/// <summary>Rollouts as plain tasks: the schedulers find a place for each.</summary>
public sealed class TaskPool : IRolloutPool
{
    private int _completed;

    /// <inheritdoc/>
    public ObjectRef<RolloutResult>? TrySubmit(ObjectRef<Policy> policy, RolloutRequest request) =>
        Ray.Remote(Rollouts.Run, policy, request);

    /// <inheritdoc/>
    public void Completed(ObjectRef<RolloutResult> rollout) => _completed++;

    /// <inheritdoc/>
    public Task<string> DescribeAsync() => Task.FromResult($"rollouts as tasks: {_completed}");
}
