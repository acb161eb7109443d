using System.Diagnostics;
using System.Net;
using System.Runtime.InteropServices;
using RayOrleans.Core;
using RayOrleans.ObjectStore;
using RayOrleans.Transfer;

namespace RayOrleans.Runtime.Cluster.Nodes;

/// <summary>The node's data port: serves its objects to other nodes' stores, and pulls theirs into its own.</summary>
internal sealed class DataPort : ITransferSource, ITransferSink, IAsyncDisposable
{
    private readonly NodeServices _node;
    private readonly Func<NodeId, IPEndPoint?> _endPointOf;
    private readonly TransferServer _server;
    private readonly Puller _puller;

    public DataPort(NodeServices node, DataPortPlace place, Func<NodeId, IPEndPoint?> endPointOf)
    {
        _node = node;
        _endPointOf = endPointOf;
        _server = TransferServer.Start(this, new TransferServerOptions
        {
            ListenEndPoint = place.Listening,
            Secret = place.Secret,
            Tls = place.Tls,
            Rejected = (from, why) => node.Events.WarnRarely($"The data port has closed a connection of {from?.ToString() ?? "somebody"}, which {why}."),
            SourceFailed = e => node.Events.Warn($"The data port failed to serve an object: {e.Message}"),
        });
        EndPoint = new IPEndPoint(place.Advertised.Address, place.Advertised.Port == 0 ? _server.EndPoint.Port : place.Advertised.Port);

        // Everything that is pulled was too large to travel inline, so it belongs into the store.
        _puller = new Puller(node.Store, this, new PullerOptions { InlineLimitBytes = 0, SourceRounds = 1, Secret = place.Secret, Tls = place.Tls });
    }

    /// <summary>Where others reach it.</summary>
    public IPEndPoint EndPoint { get; }

    /// <summary>The bandwidth of its recent pulls, on average over the nodes pulled from, in bytes per tick of the runtime's clock; 0 before the first large one.</summary>
    public double BytesPerTick => _puller.GetPeers().Where(p => p.BytesPerSecond > 0).Select(p => p.BytesPerSecond).DefaultIfEmpty().Average() / Stopwatch.Frequency;

    /// <summary>How many objects were pulled.</summary>
    public long PulledObjects => _puller.GetTotals().Pulled;

    /// <summary>A node has left: nothing more comes from it.</summary>
    public void Forget(IPEndPoint endPoint) => _puller.Forget(endPoint);

    /// <summary>Pulls an object for its entry, and tells the engine how that ended.</summary>
    public void Fetch(ObjectEntry entry, FetchPlan plan) => _ = FetchAsync(entry, plan);

    /// <summary>Somebody more pressing waits for an object that is being pulled.</summary>
    public void FetchSooner(FetchPlan plan) => _puller.Raise(plan.Id, plan.Version, ClassOf(plan.Reason));

    public async ValueTask<TransferLease?> OpenAsync(ObjectId id, int version, CancellationToken ct)
    {
        (ObjectEntry Entry, object? Value)? served = _node.Gate.Do(engine => engine.Cluster!.TryServe(id, version));

        // What is on disk takes no memory from this node's own work: it is sent from the mapped file where there is no room.
        return served switch
        {
            { Value: StoreValue stored } found => await _node.Spilled.PinAsync(found.Entry, stored, withoutPressure: true, ct).ConfigureAwait(false) is { } pin ? TransferLease.Of(pin) : null,
            { Value: InlineValue inline } => TransferLease.Of(inline.Bytes),
            _ => null,
        };
    }

    /// <summary>The one who asked takes the block out of the result; nothing is to be done before.</summary>
    public void Accept(PulledObject pulled)
    {
    }

    public async ValueTask DisposeAsync()
    {
        await _puller.DisposeAsync().ConfigureAwait(false);
        await _server.DisposeAsync().ConfigureAwait(false);
    }

    private static PullClass ClassOf(FetchReason reason) => reason switch
    {
        FetchReason.Get => PullClass.Get,
        FetchReason.Wait => PullClass.Wait,
        _ => PullClass.TaskArgument,
    };

    private async Task FetchAsync(ObjectEntry entry, FetchPlan plan)
    {
        PullResult result;
        Dictionary<EndPoint, NodeId> nodes = [];
        try
        {
            result = await _puller.PullAsync(new PullRequest
            {
                Id = plan.Id,
                Version = plan.Version,
                Length = plan.Size,
                Sources = _ => new(SourcesOf(entry, plan, nodes)),
                Class = ClassOf(plan.Reason),
            }).ConfigureAwait(false);
        }
        catch (ObjectDisposedException)
        {
            // The node stops; nobody waits for the object any more.
            return;
        }

        if (!result.IsPulled)
        {
            _node.Events.PullFailed(plan, result.Message);
            _node.Gate.Do(engine => engine.Cluster!.OnFetchFailed(
                entry, plan.Version, result.Status is PullStatus.StoreFull or PullStatus.TooLarge ? result.Message : null));
            return;
        }

        StoreBlock block = result.Object.Block!;
        _node.Cluster!.Flow.Add(FlowStep.Copied, plan.Id.Task, id: plan.Id, peer: nodes.GetValueOrDefault(result.Object.Source), bytes: plan.Size);
        StoreValue? value = null;
        value = new StoreValue(_node.Store.Keep(block, _ => _node.Spilled.OnEvicted(entry, value!)));

        // Evicted before the engine had it, it is found gone by its first reader.
        if (!_node.Gate.Do(engine => engine.Cluster!.OnFetched(entry, plan.Version, value, plan.Size)))
        {
            value.Dispose();
        }
    }

    /// <summary>Where it is by now: nodes that have pulled it meanwhile serve it too.</summary>
    private IReadOnlyList<EndPoint> SourcesOf(ObjectEntry entry, FetchPlan plan, Dictionary<EndPoint, NodeId> nodes)
    {
        List<EndPoint> sources = [];
        foreach (NodeId node in _node.Gate.Do(engine => engine.Cluster!.SourcesOf(entry, plan.Version)))
        {
            if (_endPointOf(node) is { } endPoint)
            {
                nodes[endPoint] = node;
                sources.Add(endPoint);
            }
        }

        // In any order, because all nodes of a broadcast ask at once.
        Random.Shared.Shuffle(CollectionsMarshal.AsSpan(sources));
        return sources;
    }
}
