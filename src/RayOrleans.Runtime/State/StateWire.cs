using RayOrleans.Runtime.Cluster.Events;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime;

/// <summary>
/// The question what a node is doing, and its answer in parts: a listing may be larger than one call carries. The question for a part names the listing by the
/// number that the first part gave it.
/// </summary>
internal static class StateWire
{
    public const int PartBytes = 96 * 1024;

    public static byte[] EncodeRequest(StateKind kind, long listing, int offset)
    {
        WireWriter w = WireForm.Request(RequestKind.State);
        w.Byte((byte)kind);
        w.Int(listing);
        w.Int(offset);
        return WireForm.Finish(w);
    }

    public static (StateKind Kind, long Listing, int Offset) DecodeRequest(ReadOnlyMemory<byte> request)
    {
        WireReader r = WireForm.ReadRequest(request);
        (StateKind, long, int) asked = (r.Enum<StateKind>(), r.Long(), r.Int());
        r.Finish();
        return asked;
    }

    public static byte[] EncodePart(long listing, byte[] whole, int offset)
    {
        WireWriter w = WireForm.Answer();
        w.Int(listing);
        w.Int(whole.Length);
        int start = Math.Clamp(offset, 0, whole.Length);
        w.Bytes(whole.AsSpan(start, Math.Min(PartBytes, whole.Length - start)));
        return WireForm.Finish(w);
    }

    public static (long Listing, int Length, ReadOnlyMemory<byte> Part) DecodePart(ReadOnlyMemory<byte> answer)
    {
        WireReader r = WireForm.ReadAnswer(answer);
        (long, int, ReadOnlyMemory<byte>) part = (r.Long(), r.Int(), r.Frame());
        r.Finish();
        return part;
    }

    public static byte[] EncodeTasks(IReadOnlyList<(TaskInfo Info, bool IsLive)> tasks) => Encode(tasks, static (w, t) =>
    {
        w.Flag(t.IsLive);
        InfoWire.Write(w, t.Info);
    });

    public static List<(TaskInfo Info, bool IsLive)> DecodeTasks(ReadOnlyMemory<byte> bytes) => Decode(bytes, static (ref WireReader r) =>
    {
        bool isLive = r.Flag();
        return (InfoWire.ReadTask(ref r), isLive);
    });

    public static byte[] EncodeActors(IReadOnlyList<(ActorInfo Info, ActorSight Sight)> actors) => Encode(actors, static (w, a) =>
    {
        w.Byte((byte)a.Sight);
        InfoWire.Write(w, a.Info);
    });

    public static List<(ActorInfo Info, ActorSight Sight)> DecodeActors(ReadOnlyMemory<byte> bytes) => Decode(bytes, static (ref WireReader r) =>
    {
        ActorSight sight = r.Enum<ActorSight>();
        return (InfoWire.ReadActor(ref r), sight);
    });

    public static byte[] EncodeObjects(IReadOnlyList<ObjectInfo> objects) => Encode(objects, InfoWire.Write);

    public static List<ObjectInfo> DecodeObjects(ReadOnlyMemory<byte> bytes) => Decode(bytes, InfoWire.ReadObject);

    public static byte[] EncodeGroups(IReadOnlyList<PlacementGroupInfo> groups) => Encode(groups, InfoWire.Write);

    public static List<PlacementGroupInfo> DecodeGroups(ReadOnlyMemory<byte> bytes) => Decode(bytes, InfoWire.ReadGroup);

    private static byte[] Encode<T>(IReadOnlyList<T> items, Action<WireWriter, T> write)
    {
        WireWriter w = WireWriter.Borrow();
        w.Count(items.Count);
        foreach (T item in items)
        {
            write(w, item);
        }

        return WireForm.Finish(w);
    }

    private static List<T> Decode<T>(ReadOnlyMemory<byte> bytes, Reader<T> read)
    {
        WireReader r = new(bytes);
        List<T> items = [];
        for (int count = r.Count(1); count > 0; count--)
        {
            items.Add(read(ref r));
        }

        r.Finish();
        return items;
    }

    private delegate T Reader<out T>(ref WireReader r);
}
