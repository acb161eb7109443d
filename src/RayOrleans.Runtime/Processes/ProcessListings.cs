using RayOrleans.Runtime.Cluster.Events;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime.Processes;

/// <summary>Listings for the processes of a node, as bytes; they filter by themselves, because a filter is code of theirs.</summary>
internal static class ProcessListings
{
    private delegate T Reader<out T>(ref WireReader r);

    /// <summary>At the node: everything of a kind.</summary>
    public static async ValueTask<byte[]> ListAsync(NodeServices node, ProcessStateKind kind) => kind switch
    {
        ProcessStateKind.Nodes => Encode(await node.State.NodesAsync(null, int.MaxValue).ConfigureAwait(false), (w, i) => w.Bytes(Plain(node, i))),
        ProcessStateKind.Tasks => Encode(await node.State.TasksAsync(null, int.MaxValue).ConfigureAwait(false), InfoWire.Write),
        ProcessStateKind.Actors => Encode(await node.State.ActorsAsync(null, int.MaxValue).ConfigureAwait(false), InfoWire.Write),
        ProcessStateKind.Objects => Encode(await node.State.ObjectsAsync(null, int.MaxValue).ConfigureAwait(false), InfoWire.Write),
        ProcessStateKind.Jobs => Encode(await node.State.JobsAsync(null, int.MaxValue).ConfigureAwait(false), (w, i) => w.Bytes(node.Serializer.SerializeToArray(i, null))),
        _ => Encode(await node.State.PlacementGroupsAsync(null, int.MaxValue).ConfigureAwait(false), InfoWire.Write),
    };

    public static Listing<NodeInfo> Nodes(NodeServices node, byte[] answer) => Decode(answer, (ref WireReader r) => Read<NodeInfo>(node, ref r));

    public static Listing<TaskInfo> Tasks(byte[] answer) => Decode(answer, InfoWire.ReadTask);

    public static Listing<ActorInfo> Actors(byte[] answer) => Decode(answer, InfoWire.ReadActor);

    public static Listing<ObjectInfo> Objects(byte[] answer) => Decode(answer, InfoWire.ReadObject);

    public static Listing<JobInfo> Jobs(NodeServices node, byte[] answer) => Decode(answer, (ref WireReader r) => Read<JobInfo>(node, ref r));

    public static Listing<PlacementGroupInfo> Groups(byte[] answer) => Decode(answer, InfoWire.ReadGroup);

    private static T Read<T>(NodeServices node, ref WireReader r) => node.Serializer.Deserialize<T>(new ArraySource(r.Frame().ToArray()), null);

    private static byte[] Plain(NodeServices node, NodeInfo info) => node.Serializer.SerializeToArray(
        info with
        {
            Resources = new Dictionary<string, double>(info.Resources),
            AvailableResources = new Dictionary<string, double>(info.AvailableResources),
            Labels = new Dictionary<string, string>(info.Labels),
        },
        null);

    private static byte[] Encode<T>(StateList<T> list, Action<WireWriter, T> write)
    {
        WireWriter w = WireWriter.Borrow();
        w.Flag(list.IsPartial);
        w.Int(list.Dropped);
        w.Count(list.Unanswered.Count);
        foreach (NodeId silent in list.Unanswered)
        {
            w.RawNode(silent);
        }

        w.Count(list.Count);
        foreach (T item in list)
        {
            write(w, item);
        }

        return WireForm.Finish(w);
    }

    private static Listing<T> Decode<T>(byte[] answer, Reader<T> read)
    {
        WireReader r = new(answer);
        bool isPartial = r.Flag();
        long dropped = r.Long();
        NodeId[] silent = new NodeId[r.Count(16)];
        for (int i = 0; i < silent.Length; i++)
        {
            silent[i] = r.RawNode();
        }

        List<T> items = [];
        for (int count = r.Count(1); count > 0; count--)
        {
            items.Add(read(ref r));
        }

        r.Finish();
        return new Listing<T>(items, silent, dropped, isPartial);
    }
}
