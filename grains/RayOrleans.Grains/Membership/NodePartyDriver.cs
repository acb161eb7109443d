using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>Tells the node of this silo about the members, one at a time, and makes it tick. From when the silo is active until it stops.</summary>
internal sealed partial class NodePartyDriver(IClusterNode node, MemberDirectory members, ILogger<NodePartyDriver> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan TickPeriod = TimeSpan.FromMilliseconds(200);

    private MemberSubscription? _subscription;
    private OwnedLoop? _ticks;
    private Task _telling = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(NodePartyDriver), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    private Task StartAsync(CancellationToken cancellationToken)
    {
        _subscription = members.Subscribe();
        _telling = Task.Run(() => TellAsync(_subscription), CancellationToken.None);
        _ticks = new OwnedLoop("Ray cluster ticks", TickPeriod, Tick);
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        if (!cancellationToken.IsCancellationRequested)
        {
            // The silo leaves in good order, and after this nobody listens to it.
            await node.LeaveAsync().ConfigureAwait(false);
        }

        _ticks?.Dispose();
        _subscription?.Dispose();
        await _telling.ConfigureAwait(false);
    }

    private async Task TellAsync(MemberSubscription subscription)
    {
        foreach (MemberChange change in subscription.Initial)
        {
            Tell(change);
        }

        await foreach (MemberChange change in subscription.Changes.ReadAllAsync().ConfigureAwait(false))
        {
            Tell(change);
        }
    }

    private void Tell(in MemberChange change)
    {
        try
        {
            node.Party.OnMemberChanged(change);
        }
        catch (Exception e)
        {
            // The next change must still be told: a node that misses a death waits for ever.
            LogFailed(e, "a change of the members");
        }
    }

    private void Tick()
    {
        try
        {
            node.Party.Tick();
        }
        catch (Exception e)
        {
            LogFailed(e, "a tick");
        }
    }
}
