using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Events;

/// <summary>Batches of events, questions for them, and the items of a snapshot as bytes.</summary>
internal static class EventWire
{
    private const int MinBytes = 19;
    private const byte Counts = 0;
    private const byte Source = 1;
    private const byte Stream = 2;
    private const byte Item = 3;

    public static byte[] Encode(EventBatch batch)
    {
        WireWriter w = WireForm.Request(RequestKind.Events);
        w.RawNode(batch.Node);
        w.Int(batch.Number);
        w.Int(batch.Unlisted);
        WriteItems(w, batch.Items);
        return WireForm.Finish(w);
    }

    /// <exception cref="CorruptBatchException">The bytes are no batch of events.</exception>
    public static EventBatch Decode(ReadOnlyMemory<byte> request)
    {
        WireReader r = WireForm.ReadRequest(request);
        EventBatch batch = new(r.RawNode(), r.Long(), r.Long(), ReadItems(ref r));
        r.Finish();
        return batch;
    }

    public static byte[] EncodeRead(EventKind kind, long below)
    {
        WireWriter w = WireForm.Request(RequestKind.ReadEvents);
        w.Byte((byte)kind);
        w.Int(below);
        return WireForm.Finish(w);
    }

    /// <summary>The answer to a question.</summary>
    public static byte[] Answer(ReadOnlyMemory<byte> request, EventTable events)
    {
        WireReader r = WireForm.ReadRequest(request);
        IReadOnlyList<EventItem> items = events.Read(r.Enum<EventKind>(), r.Long(), out long next);
        r.Finish();
        WireWriter w = WireForm.Answer();
        w.Int(next);
        w.Int(events.Dropped);
        WriteItems(w, items);
        return WireForm.Finish(w);
    }

    /// <summary>The events of an answer, where the next page begins (0: nowhere), and how many were dropped.</summary>
    public static (List<EventItem> Items, long Next, long Dropped) DecodeAnswer(ReadOnlyMemory<byte> answer)
    {
        WireReader r = WireForm.ReadAnswer(answer);
        (long next, long dropped) = (r.Long(), r.Long());
        List<EventItem> items = ReadItems(ref r);
        r.Finish();
        return (items, next, dropped);
    }

    public static byte[] WriteCounts(long last, long forgotten)
    {
        WireWriter w = BeginItem(Counts);
        w.Int(last);
        w.Int(forgotten);
        return WireForm.Finish(w);
    }

    public static byte[] WriteSource(NodeId node, long number, long unlisted)
    {
        WireWriter w = BeginItem(Source);
        w.RawNode(node);
        w.Int(number);
        w.Int(unlisted);
        return WireForm.Finish(w);
    }

    public static byte[] WriteStream(EventKey key, long dropped)
    {
        WireWriter w = BeginItem(Stream);
        WriteKey(w, key);
        w.Int(dropped);
        return WireForm.Finish(w);
    }

    public static byte[] WriteItem(EventItem item)
    {
        WireWriter w = BeginItem(Item);
        Write(w, item);
        return WireForm.Finish(w);
    }

    public static void ReadSnapshot(ReadOnlyMemory<byte> item, EventTable events)
    {
        WireReader r = new(item);
        switch (r.Byte())
        {
            case Counts:
                events.RestoreCounts(r.Long(), r.Long());
                break;
            case Source:
                events.RestoreSource(r.RawNode(), r.Long(), r.Long());
                break;
            case Stream:
                events.RestoreStream(ReadKey(ref r), r.Long());
                break;
            case Item:
                events.RestoreItem(Read(ref r));
                break;
            default:
                throw r.Corrupt("an unknown sort of item");
        }

        r.Finish();
    }

    private static void WriteItems(WireWriter w, IReadOnlyList<EventItem> items)
    {
        w.Count(items.Count);
        foreach (EventItem item in items)
        {
            Write(w, item);
        }
    }

    private static List<EventItem> ReadItems(ref WireReader r)
    {
        List<EventItem> items = [];
        for (int count = r.Count(MinBytes); count > 0; count--)
        {
            items.Add(Read(ref r));
        }

        return items;
    }

    private static void Write(WireWriter w, EventItem item)
    {
        WriteKey(w, item.Key);
        w.Byte((byte)item.Kind);
        w.Int(item.Number);
        w.Bytes(item.Body.Span);
    }

    private static EventItem Read(ref WireReader r)
    {
        EventKey key = ReadKey(ref r);
        EventKind kind = r.Enum<EventKind>();
        long number = r.Long();
        return new EventItem(key, kind, r.Frame()) { Number = number };
    }

    private static void WriteKey(WireWriter w, EventKey key)
    {
        w.Flag(key.IsNode);
        w.RawNode(new NodeId(key.Value));
    }

    private static EventKey ReadKey(ref WireReader r) => new(r.Flag(), r.RawNode().Value);

    private static WireWriter BeginItem(byte kind)
    {
        WireWriter w = WireWriter.Borrow();
        w.Byte(kind);
        return w;
    }
}
