using CartPole.Learning;

namespace CartPole.Workers;

/// <summary>Simulators that live as actors. Each has at most two rollouts before it, so that a slow one gets less to do.</summary>
public sealed class SimulatorPool : IRolloutPool
{
    private const int MaxOutstanding = 2;

    private readonly ActorHandle<Simulator>[] _simulators;
    private readonly int[] _outstanding;
    private readonly Dictionary<ObjectRef<RolloutResult>, int> _owners = [];

    /// <summary>Starts the simulators, spread over the nodes. One that fails is started again, and its rollouts are made again.</summary>
    public SimulatorPool(int count)
    {
        RemoteOptions options = Ray.Options(schedulingStrategy: SchedulingStrategy.Spread, maxRestarts: 3, maxTaskRetries: 3);
        _simulators = [.. Enumerable.Range(0, count).Select(_ => options.Actor(() => new Simulator()))];
        _outstanding = new int[count];
    }

    /// <inheritdoc/>
    public ObjectRef<RolloutResult>? TrySubmit(ObjectRef<Policy> policy, RolloutRequest request)
    {
        int freest = Array.IndexOf(_outstanding, _outstanding.Min());
        if (_outstanding[freest] == MaxOutstanding)
        {
            return null;
        }

        ObjectRef<RolloutResult> rollout = _simulators[freest].Remote((simulator, p, r) => simulator.Rollout(p, r), policy, request);
        _outstanding[freest]++;
        _owners.Add(rollout, freest);
        return rollout;
    }

    /// <inheritdoc/>
    public void Completed(ObjectRef<RolloutResult> rollout)
    {
        if (_owners.Remove(rollout, out int owner))
        {
            _outstanding[owner]--;
        }
    }

    /// <inheritdoc/>
    public async Task<string> DescribeAsync()
    {
        IReadOnlyList<int> counts = await Ray.GetAsync(_simulators.Select(s => s.Remote(simulator => simulator.CountRollouts())));
        return $"rollouts per simulator: {string.Join(' ', counts)}";
    }
}
