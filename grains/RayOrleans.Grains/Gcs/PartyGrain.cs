using Microsoft.Extensions.DependencyInjection;
using Orleans.Concurrency;
using Orleans.Runtime;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Grains;

/// <summary>A grain that a party lives in: everything that happens to the party happens in the grain's turns, so never two things at once.</summary>
internal abstract class PartyGrain(MemberDirectory members, IClusterNode node) : Grain
{
    private static readonly TimeSpan TickPeriod = TimeSpan.FromMilliseconds(200);

    private readonly PartJoiner _joiner = new(TimeProvider.System);
    private MemberSubscription? _subscription;
    private IGrainTimer? _timer;
    private long _batches;
    private readonly HashSet<NodeId> _here = [];

    protected IClusterParty Party { get; private set; } = SilentParty.Instance;

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        _subscription?.Dispose();
        return Task.CompletedTask;
    }

    public ValueTask<Immutable<byte[]>> Deliver(Immutable<byte[]> batch)
    {
        _batches++;
        OnCalled();
        return BatchGuard.AnswerAsync(_joiner.TakeAsync(Party, batch.Value));
    }

    protected static IClusterPartyFactory Factory(IServiceProvider services) => services.GetService<IClusterPartyFactory>()
        ?? throw new OrleansConfigurationException($"This silo hosts the cluster's shards and schedulers, but nothing makes them: no {nameof(IClusterPartyFactory)} is registered.");

    /// <summary>Begins the party's life: the members there are come first, then batches and ticks.</summary>
    protected async Task StartAsync(IClusterParty party, CancellationToken cancellationToken)
    {
        await members.Ready.WaitAsync(cancellationToken);
        Party = party;
        _subscription?.Dispose();
        _subscription = members.Subscribe();
        foreach (NodeId silent in _subscription.Silent)
        {
            party.OnMemberExpected(silent);
        }

        foreach (MemberChange change in _subscription.Initial)
        {
            Tell(change);
        }

        _ = FollowAsync(_subscription);
        _timer ??= this.RegisterGrainTimer(
            static (state, _) =>
            {
                state.Tick();
                return Task.CompletedTask;
            },
            this,
            new GrainTimerCreationOptions(TickPeriod, TickPeriod) { Interleave = true, KeepAlive = true });
    }

    protected virtual void Tick() => Party.Tick();

    /// <summary>Before every call.</summary>
    protected virtual void OnCalled()
    {
    }

    protected PartyStatus Status(long epoch) => new() { NodeId = node.NodeId, Epoch = epoch, Batches = _batches, Members = _here.Count };

    /// <summary>Runs in the grain's turns: every await comes back to its scheduler.</summary>
    private async Task FollowAsync(MemberSubscription subscription)
    {
        while (await subscription.Changes.WaitToReadAsync())
        {
            while (subscription.Changes.TryRead(out MemberChange change))
            {
                Tell(change);
            }
        }
    }

    private void Tell(in MemberChange change)
    {
        if (change.IsAlive)
        {
            _here.Add(change.Member.NodeId);
        }
        else
        {
            _here.Remove(change.Member.NodeId);
        }

        Party.OnMemberChanged(change);
    }
}
