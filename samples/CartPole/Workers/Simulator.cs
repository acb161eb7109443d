using CartPole.Learning;

namespace CartPole.Workers;

/// <summary>A simulator as an actor: lives through the whole training and knows how much it has done.</summary>
public sealed class Simulator
{
    private int _rollouts;

    /// <summary>Tries a policy.</summary>
    public RolloutResult Rollout(Policy policy, RolloutRequest request)
    {
        _rollouts++;
        return Rollouts.Run(policy, request);
    }

    /// <summary>How many rollouts this simulator has made.</summary>
    public int CountRollouts() => _rollouts;
}
