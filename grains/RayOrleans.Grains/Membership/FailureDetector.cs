using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Orleans.Runtime;

namespace RayOrleans.Grains;

/// <summary>
/// Finds silos whose process has ended, faster than the membership's probes do. Evidence is needed twice: heartbeats over our own calls have
/// stayed without answer, and the silo's port refuses connections, which no load on a living process can make it do (its kernel accepts for
/// it). A silo that is frozen, or starved, or behind a cut network does not refuse; the membership's own probes and votes decide about it.
/// Every silo watches the few that follow it in the order of addresses, so the work per silo does not grow with the cluster.
/// </summary>
internal sealed partial class FailureDetector(
    IClusterMembershipService membership,
    ILocalSiloDetails local,
    NodeServiceClient services,
    MemberDirectory members,
    MembershipTracker tracker,
    TimeProvider time,
    ILogger<FailureDetector> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    private const int MaxWatched = 4;
    private const int MissedBeats = 3;
    private static readonly TimeSpan BeatPeriod = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan ReportAgain = TimeSpan.FromSeconds(2);

    private readonly Dictionary<SiloAddress, PeerHealth> _peers = [];
    private OwnedLoop? _loop;

    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(FailureDetector),
        ServiceLifecycleStage.Active,
        _ =>
        {
            _loop = new OwnedLoop("Ray failure detector", BeatPeriod, Step);
            return Task.CompletedTask;
        },
        _ =>
        {
            _loop?.Dispose();
            return Task.CompletedTask;
        });

    /// <summary>The silos that one silo watches: those that follow it around the ring of addresses.</summary>
    internal static SiloAddress[] Watched(IEnumerable<SiloAddress> silos, SiloAddress self)
    {
        SiloAddress[] ring = [.. silos.Where(s => !s.Equals(self)).Order()];
        int first = Array.FindIndex(ring, s => s.CompareTo(self) > 0);
        first = first < 0 ? 0 : first;
        return [.. Enumerable.Range(0, Math.Min(MaxWatched, ring.Length)).Select(i => ring[(first + i) % ring.Length])];
    }

    private void Step()
    {
        try
        {
            SiloAddress[] watched = Watched(members.Living.Select(e => e.Silo), local.SiloAddress);
            foreach (SiloAddress gone in _peers.Keys.Except(watched).ToArray())
            {
                _peers.Remove(gone);
            }

            foreach (SiloAddress silo in watched)
            {
                Look(silo);
            }
        }
        catch (Exception e)
        {
            // The thread must live on: this only happens when the silo is stopping under it.
            LogStepFailed(e);
        }
    }

    private void Look(SiloAddress silo)
    {
        if (!_peers.TryGetValue(silo, out PeerHealth? peer))
        {
            _peers[silo] = peer = new PeerHealth(time.GetTimestamp());
        }

        if (peer.TryBeginAsking())
        {
            _ = AskAsync(silo, peer);
        }

        TimeSpan silent = time.GetElapsedTime(peer.LastAnswer);
        bool reportedJustNow = peer.Reported is { } at && time.GetElapsedTime(at) < ReportAgain;
        if (silent >= BeatPeriod * MissedBeats && !reportedJustNow && Refuses(silo.Endpoint))
        {
            peer.Reported = time.GetTimestamp();
            LogProcessGone(silo, silent.TotalMilliseconds);
            _ = ReportAsync(silo);
        }
    }

    private async Task AskAsync(SiloAddress silo, PeerHealth peer)
    {
        try
        {
            long version = await services.For(silo).Beat().ConfigureAwait(false);
            peer.LastAnswer = time.GetTimestamp();

            // Whoever has seen more tells it with its answer: also that this silo was declared dead while it could not run.
            if (version > members.Version)
            {
                await tracker.RefreshAsync(new MembershipVersion(version)).ConfigureAwait(false);
            }
        }
        catch (Exception e)
        {
            LogNoBeat(silo, e.Message);
        }
        finally
        {
            peer.EndAsking();
        }
    }

    private async Task ReportAsync(SiloAddress silo)
    {
        try
        {
            await membership.TryKill(silo).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            LogReportFailed(e, silo);
        }
    }

    /// <summary>Whether nobody listens there any more. A timeout is no evidence.</summary>
    private static bool Refuses(IPEndPoint endpoint)
    {
        using Socket socket = new(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        using CancellationTokenSource limit = new(ConnectTimeout);
        try
        {
            // This thread is the detector's own, and waits for nobody else's.
            socket.ConnectAsync(endpoint, limit.Token).AsTask().Wait(ConnectTimeout * 2);
            return false;
        }
        catch (AggregateException e) when (e.InnerException is SocketException or OperationCanceledException)
        {
            return e.InnerException is SocketException { SocketErrorCode: SocketError.ConnectionRefused };
        }
    }
}
