using System.Net;
using RayOrleans.ObjectStore;

namespace RayOrleans.Transfer;

/// <summary>Pulls one object: finds its length, makes room, fetches, checks, seals and hands it over. Leaves nothing behind when it fails.</summary>
internal sealed class ObjectPull(PullRequest request, SharedMemoryStore store, ITransferSink sink, PeerBook peers, PullerOptions options)
{
    private readonly SourceWalk _walk = new(request, peers, options);

    /// <summary>Asks the sources how long the object is.</summary>
    /// <returns>The length, or why it is not known.</returns>
    public async Task<(long Length, PullResult? Failure)> FindLengthAsync(CancellationToken ct)
    {
        while (await _walk.NextAsync(ct).ConfigureAwait(false) is { } source)
        {
            if (await AskLengthAsync(peers.Get(source), ct).ConfigureAwait(false) is { } length)
            {
                _walk.Repeat(source);
                return (length, null);
            }
        }

        return (0, NoSource("of unknown length"));
    }

    /// <summary>Pulls the object of a known length.</summary>
    public async Task<PullResult> RunAsync(long length, CancellationToken ct)
    {
        PullTarget? target = null;
        try
        {
            target = await MakeRoomAsync(length, ct).ConfigureAwait(false);
            PullResult result = await FetchAsync(new StripePlan(request.Key, target, options), ct).ConfigureAwait(false);
            if (result.IsPulled)
                target = null;
            return result;
        }
        catch (StoreFullException error)
        {
            return PullResult.Failure(PullStatus.StoreFull, $"{Name} could not be pulled: {error.Message}");
        }
        finally
        {
            target?.Abandon();
        }
    }

    private string Name => $"Object {request.Id} version {request.Version}";

    private async Task<PullTarget> MakeRoomAsync(long length, CancellationToken ct) => length <= options.InlineLimitBytes
        ? new PullTarget((int)length)
        : new PullTarget(await store.CreateAsync(length, options.StoreFullTimeout, ct).ConfigureAwait(false));

    private async Task<long?> AskLengthAsync(Peer peer, CancellationToken ct)
    {
        PeerConnection? connection = null;
        try
        {
            connection = await peer.Pool.RentAsync(ct).ConfigureAwait(false);
            long? length = await connection.GetLengthAsync(request.Key, ct).ConfigureAwait(false);
            if (length is null)
                _walk.Missed(peer.EndPoint, "does not have it");
            return length;
        }
        catch (PeerFailedException error)
        {
            peer.Failed();
            _walk.Failed(peer.EndPoint, error.Message);
            return null;
        }
        finally
        {
            if (connection is not null)
                peer.Pool.Return(connection);
        }
    }

    private async Task<PullResult> FetchAsync(StripePlan plan, CancellationToken ct)
    {
        HashSet<EndPoint> contributors = [];
        while (await _walk.NextAsync(ct).ConfigureAwait(false) is { } source)
        {
            PeerFetch fetch = new(peers.Get(source), plan, options);
            await fetch.RunAsync(ct).ConfigureAwait(false);
            if (fetch.ReceivedBytes > 0)
            {
                _walk.Progressed();
                contributors.Add(source);
            }

            if (!plan.IsComplete)
                Blame(source, fetch);
            else if (Finish(plan, source) is { } result)
                return result;
            else
                StartOver(plan, contributors);
        }

        return NoSource($"of {plan.Length} bytes");
    }

    private void Blame(EndPoint source, PeerFetch fetch)
    {
        string what = fetch.Failure ?? "gave up";
        if (fetch.Outcome == StripeOutcome.WrongChecksum)
            _walk.Exclude(source, what);
        else if (fetch.Outcome == StripeOutcome.Busy)
            _walk.Busy();
        else if (fetch.Outcome == StripeOutcome.Received)
            _walk.Failed(source, what);
        else
            _walk.Missed(source, what);
    }

    /// <summary>The stripes are right, each for itself, and the whole is not: nobody knows which source is wrong.</summary>
    private void StartOver(StripePlan plan, HashSet<EndPoint> contributors)
    {
        foreach (EndPoint source in contributors)
        {
            peers.Get(source).Lied();
            _walk.Exclude(source, "has a copy whose checksum is not that of this version");
        }

        contributors.Clear();
        plan.Restart();
    }

    private PullResult? Finish(StripePlan plan, EndPoint source)
    {
        ulong checksum = ObjectChecksum.Combine(plan.Checksums, plan.Length);
        if (request.Checksum is { } expected && expected != checksum)
            return null;
        PulledObject pulled = new()
        {
            Id = request.Id,
            Version = request.Version,
            Length = plan.Length,
            Checksum = checksum,
            Block = plan.Target.Block,
            Inline = plan.Target.Inline,
            Source = source,
        };
        pulled.Block?.Seal();
        sink.Accept(pulled);
        return PullResult.Success(pulled);
    }

    private PullResult NoSource(string length) => PullResult.Failure(
        _walk.HasFailures ? PullStatus.SourcesFailed : PullStatus.NotFound,
        $"{Name} {length} could not be pulled: {_walk.Describe()}.");
}
