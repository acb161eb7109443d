using CartPole.Learning;

namespace CartPole.Workers;

/// <summary>Who makes the rollouts.</summary>
public interface IRolloutPool
{
    /// <summary>Starts a rollout, or gives null where everyone has enough to do: then wait for one to complete.</summary>
    ObjectRef<RolloutResult>? TrySubmit(ObjectRef<Policy> policy, RolloutRequest request);

    /// <summary>Says that a rollout has completed.</summary>
    void Completed(ObjectRef<RolloutResult> rollout);

    /// <summary>What the pool has done, for people.</summary>
    Task<string> DescribeAsync();
}
