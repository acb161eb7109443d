using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Gcs;

/// <summary>
/// A replica of the global scheduler as a party: takes heartbeats and placement requests. Where the inputs of tasks are and how large, it asks the
/// shards each time and keeps none of it; what no shard answers counts as unknown, so a task is placed in any case.
/// </summary>
internal sealed class SchedulerHost(int replica, int seed, IClusterTransport transport) : IClusterParty, IActorScheduler
{
    private const int NodesPerAnswer = 64;

    private static readonly Dictionary<NodeId, long> Nowhere = [];
    private static readonly byte[] Done = [BatchCodec.Format];

    private readonly Lock _lock = new();
    private readonly GlobalScheduler _scheduler = new(seed + replica);

    /// <summary>The nodes whose load it knows.</summary>
    public int NodeCount
    {
        get
        {
            lock (_lock)
            {
                return _scheduler.NodeCount;
            }
        }
    }

    /// <summary>Told about shards that did not answer. On any thread; must not throw.</summary>
    public Action<int, Exception>? ShardFailed { get; init; }

    public ValueTask<byte[]> OnBatchAsync(ReadOnlyMemory<byte> batch)
    {
        switch (batch.IsEmpty ? (RequestKind)byte.MaxValue : (RequestKind)batch.Span[0])
        {
            case RequestKind.Heartbeat:
                List<NodeLoad> loads = SchedulerWire.DecodeHeartbeat(batch);
                lock (_lock)
                {
                    foreach (NodeLoad load in loads)
                    {
                        _scheduler.OnHeartbeat(load, Clock.Now);
                    }
                }

                return new(Done);
            case RequestKind.Place:
                List<PlacementRequest> requests = SchedulerWire.DecodePlace(batch);
                return requests.TrueForAll(r => r.Inputs.Count == 0) ? new(Place(requests, null)) : PlaceAsync(requests);
            case RequestKind.Nodes:
                NodeId after = SchedulerWire.DecodeNodes(batch);
                lock (_lock)
                {
                    return new(SchedulerWire.EncodeLoads(_scheduler.Loads(after, NodesPerAnswer)));
                }

            default:
                throw new CorruptBatchException("A global scheduler takes heartbeats, placement requests and questions for the nodes only.");
        }
    }

    public void OnMemberChanged(in MemberChange change)
    {
        lock (_lock)
        {
            _scheduler.OnMember(change.Member.NodeId, change.IsAlive);
        }
    }

    public ActorPlace PlaceActor(string actor, ReadOnlyMemory<byte> request)
    {
        PlacementRequest asked = SchedulerWire.DecodePlace(request)[0];
        lock (_lock)
        {
            return new ActorPlace(_scheduler.Place(asked, Nowhere, Clock.Now).Node);
        }
    }

    public void Tick()
    {
    }

    private async ValueTask<byte[]> PlaceAsync(List<PlacementRequest> requests)
    {
        InputLocations locations = new(transport, ShardFailed);
        await locations.FindAsync(requests).ConfigureAwait(false);
        return Place(requests, locations);
    }

    private byte[] Place(List<PlacementRequest> requests, InputLocations? locations)
    {
        PlacementAnswer[] answers = new PlacementAnswer[requests.Count];
        lock (_lock)
        {
            for (int i = 0; i < answers.Length; i++)
            {
                answers[i] = _scheduler.Place(requests[i], locations?.BytesByNode(requests[i].Inputs) ?? Nowhere, Clock.Now);
            }
        }

        return SchedulerWire.EncodeAnswers(answers);
    }
}
