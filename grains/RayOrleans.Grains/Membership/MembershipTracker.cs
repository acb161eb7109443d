using System.Net;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>
/// Turns the cluster's membership into members that come and go. Versions are worked through in order, each once. A silo that becomes active
/// is asked who its node is, and announced when it has answered; one that dies is announced at once, also while others are still being asked:
/// a slow newcomer must not delay the news of a death.
/// </summary>
internal sealed partial class MembershipTracker(
    IClusterMembershipService membership,
    ILocalSiloDetails silo,
    IClusterNode node,
    NodeServiceClient services,
    MemberDirectory members,
    RayClusterSettings settings,
    TimeProvider time,
    ILogger<MembershipTracker> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private static readonly TimeSpan GreetAgain = TimeSpan.FromMilliseconds(200);

    private readonly Lock _lock = new();
    private readonly CancellationTokenSource _stopping = new();
    private ClusterMembershipSnapshot? _last;
    private Task _refreshing = Task.CompletedTask;
    private Task _loop = Task.CompletedTask;

    public void Participate(ISiloLifecycle lifecycle) =>
        lifecycle.Subscribe(nameof(MembershipTracker), ServiceLifecycleStage.Active, StartAsync, StopAsync);

    /// <summary>Reads the membership anew and works it through. Those who ask while it is being read share one reading.</summary>
    public Task RefreshAsync()
    {
        lock (_lock)
        {
            return _refreshing = _refreshing.IsCompleted ? Task.Run(() => RefreshAsync(default)) : _refreshing;
        }
    }

    /// <summary>Reads the membership up to a version that another silo has seen, or, with none, as it is now; and works it through.</summary>
    public async Task RefreshAsync(MembershipVersion atLeast)
    {
        await membership.Refresh(atLeast, _stopping.Token).ConfigureAwait(false);
        Observe(membership.CurrentSnapshot);
    }

    private Task StartAsync(CancellationToken cancellationToken)
    {
        _loop = Task.Run(FollowAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    private async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync().ConfigureAwait(false);
        await _loop.ConfigureAwait(false);
    }

    private async Task FollowAsync()
    {
        try
        {
            await foreach (ClusterMembershipSnapshot snapshot in membership.MembershipUpdates.WithCancellation(_stopping.Token).ConfigureAwait(false))
            {
                Observe(snapshot);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private void Observe(ClusterMembershipSnapshot snapshot)
    {
        lock (_lock)
        {
            if (_last is not null && snapshot.Version <= _last.Version)
            {
                return;
            }

            // Sorted, so that members which come in one version are seen in one order on every silo.
            IEnumerable<Orleans.Runtime.ClusterMember> changed = _last is null ? snapshot.Members.Values : snapshot.CreateUpdate(_last).Changes;
            List<Task> greetings = [];
            foreach (Orleans.Runtime.ClusterMember member in changed.OrderBy(m => m.SiloAddress))
            {
                Observe(member, greetings);
            }

            _last = snapshot;
            members.Version = snapshot.Version.Value;
            if (!members.Ready.IsCompleted && snapshot.GetSiloStatus(silo.SiloAddress) == SiloStatus.Active)
            {
                _ = WhenGreetedAsync(greetings);
            }
        }
    }

    private void Observe(Orleans.Runtime.ClusterMember member, List<Task> greetings)
    {
        if (member.Status == SiloStatus.Active && members.TryAdd(member.SiloAddress, member.Name) is { } entry)
        {
            greetings.Add(GreetAsync(entry, member.Name));
        }
        else if (member.Status == SiloStatus.Dead && members.TryBury(member.SiloAddress, member.Name))
        {
            LogGone(member.Name, member.SiloAddress, NodeIds.Of(member.SiloAddress));
        }
    }

    private async Task WhenGreetedAsync(List<Task> greetings)
    {
        await Task.WhenAll(greetings).ConfigureAwait(false);
        members.SetReady();
    }

    private async Task GreetAsync(MemberEntry entry, string name)
    {
        // Off the lock, and never ahead of the members that the same version brings.
        await Task.Yield();
        while (!entry.IsDead && !_stopping.IsCancellationRequested)
        {
            try
            {
                NodeHello hello = await AskAsync(entry).ConfigureAwait(false);
                if (hello.NodeId == entry.NodeId && ClusterProtocol.Accepts(hello.ProtocolVersion))
                {
                    IPEndPoint? data = hello.DataEndPoint is null ? null : IPEndPoint.Parse(hello.DataEndPoint);
                    members.Announce(entry, new(entry.NodeId, name, data), hello.HostsControl);
                    LogHere(name, entry.Silo, entry.NodeId);
                }
                else
                {
                    members.Refuse(entry);
                    LogStranger(name, entry.Silo, hello.NodeId, hello.ProtocolVersion);
                }

                return;
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                LogNoAnswer(name, entry.Silo, e.Message);
                await Task.Delay(GreetAgain, time, _stopping.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    private async ValueTask<NodeHello> AskAsync(MemberEntry entry) => entry.Silo.Equals(silo.SiloAddress)
        ? new NodeHello
        {
            NodeId = node.NodeId,
            ProtocolVersion = ClusterProtocol.Version,
            DataEndPoint = node.DataEndPoint?.ToString(),
            HostsControl = settings.HostsControl,
        }
        : await services.For(entry.Silo).Hello().ConfigureAwait(false);
}
