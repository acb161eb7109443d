using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Gcs;

/// <summary>Where the inputs of a few tasks are, as the shards say: questions to all of them at once.</summary>
internal sealed class InputLocations(IClusterTransport transport, Action<int, Exception>? failed)
{
    private readonly Dictionary<ObjectId, (long Size, IReadOnlyList<NodeId> Locations)> _found = [];

    public async ValueTask FindAsync(IReadOnlyList<PlacementRequest> requests)
    {
        Dictionary<int, HashSet<ObjectId>> byShard = [];
        foreach (PlacementRequest request in requests)
        {
            foreach (ObjectId input in request.Inputs)
            {
                int shard = TableLookup.ShardOf(input.Task, transport.ShardCount);
                if (!byShard.TryGetValue(shard, out HashSet<ObjectId>? ids))
                {
                    byShard.Add(shard, ids = []);
                }

                ids.Add(input);
            }
        }

        List<(int Shard, ValueTask<byte[]> Answer)> calls = [];
        foreach ((int shard, HashSet<ObjectId> ids) in byShard)
        {
            foreach (ObjectId[] some in ids.Chunk(ClusterLimits.MaxLookups))
            {
                calls.Add((shard, AskAsync(shard, some)));
            }
        }

        foreach ((int shard, ValueTask<byte[]> answer) in calls)
        {
            try
            {
                foreach ((ObjectId id, long size, IReadOnlyList<NodeId> locations) in TableLookup.DecodeAnswer(await answer.ConfigureAwait(false)))
                {
                    _found[id] = (size, locations);
                }
            }
            catch (Exception e)
            {
                failed?.Invoke(shard, e);
            }
        }
    }

    /// <summary>For each node, how many bytes of these objects are there.</summary>
    public Dictionary<NodeId, long> BytesByNode(IReadOnlyList<ObjectId> inputs)
    {
        Dictionary<NodeId, long> bytes = [];
        foreach (ObjectId input in inputs)
        {
            if (_found.TryGetValue(input, out (long Size, IReadOnlyList<NodeId> Locations) found))
            {
                foreach (NodeId node in found.Locations)
                {
                    bytes[node] = bytes.GetValueOrDefault(node) + found.Size;
                }
            }
        }

        return bytes;
    }

    private async ValueTask<byte[]> AskAsync(int shard, IReadOnlyList<ObjectId> ids) =>
        await transport.CallShardAsync(shard, TableLookup.EncodeRequest(ids)).ConfigureAwait(false);
}
