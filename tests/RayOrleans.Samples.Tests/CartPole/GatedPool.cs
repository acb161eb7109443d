using CartPole.Learning;
using CartPole.Workers;

namespace RayOrleans.Samples.Tests.CartPole;

/// <summary>Rollouts as tasks, of which number 0 does not end before it is let go.</summary>
public sealed class GatedPool : IRolloutPool
{
    // Static, since a task sees its own copy of everything else.
    private static readonly TaskCompletionSource Gate = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private ObjectRef<RolloutResult>? _gated;

    public int Completed { get; private set; }

    public ObjectRef<RolloutResult>? TrySubmit(ObjectRef<Policy> policy, RolloutRequest request) =>
        request.Index == 0 ? _gated = Ray.Remote(RunGated, policy, request) : Ray.Remote(Rollouts.Run, policy, request);

    void IRolloutPool.Completed(ObjectRef<RolloutResult> rollout) => Completed++;

    public Task<string> DescribeAsync() => Task.FromResult("");

    /// <summary>Lets the rollout go, and waits for its result.</summary>
    public async Task OpenAsync()
    {
        Gate.SetResult();
        await Ray.GetAsync(_gated!, timeout: TimeSpan.FromSeconds(60));
    }

    private static async Task<RolloutResult> RunGated(Policy policy, RolloutRequest request)
    {
        await Gate.Task;
        return Rollouts.Run(policy, request);
    }
}
