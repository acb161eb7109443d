using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Keys;

/// <summary>The items of a snapshot of keys and names as bytes.</summary>
internal static class KeySnapshotWire
{
    private const byte Version = 0;
    private const byte Key = 1;
    private const byte Name = 2;

    /// <summary>An answer without a time, as it used to be written.</summary>
    private const byte TimelessAnswer = 3;
    private const byte Answer = 4;

    public static byte[] WriteVersion(long version)
    {
        WireWriter w = Begin(Version);
        w.Int(version);
        return WireForm.Finish(w);
    }

    public static byte[] WriteKey(string space, KeyEntry entry)
    {
        WireWriter w = Begin(Key);
        w.Text(space);
        w.Text(entry.Key);
        w.Int(entry.Version);
        w.Bytes(entry.Value.Span);
        return WireForm.Finish(w);
    }

    public static byte[] WriteName(ActorName name)
    {
        WireWriter w = Begin(Name);
        w.Text(name.Namespace);
        w.Text(name.Name);
        w.Task(name.Actor.Creation);
        w.Bytes(name.Description.Span);
        return WireForm.Finish(w);
    }

    public static byte[] WriteAnswer(UInt128 id, long time, byte[] answer)
    {
        WireWriter w = Begin(Answer);
        w.RawNode(new NodeId(id));
        w.Int(time);
        w.Bytes(answer);
        return WireForm.Finish(w);
    }

    public static KeySnapshotItem Read(ReadOnlyMemory<byte> item)
    {
        WireReader r = new(item);
        byte kind = r.Byte();
        KeySnapshotItem result = kind switch
        {
            Version => new KeySnapshotItem { Version = r.Long() },
            Key => ReadKey(ref r),
            Name => new KeySnapshotItem { Name = new ActorName(r.RequiredText(), r.RequiredText(), new ActorId(r.Task()), r.Frame()) },
            TimelessAnswer => new KeySnapshotItem { Id = r.RawNode().Value, Answer = r.Frame().ToArray() },
            Answer => new KeySnapshotItem { Id = r.RawNode().Value, Time = r.Long(), Answer = r.Frame().ToArray() },
            _ => throw r.Corrupt("an unknown sort of item"),
        };
        r.Finish();
        return result;
    }

    private static KeySnapshotItem ReadKey(ref WireReader r)
    {
        string space = r.RequiredText();
        string key = r.RequiredText();
        long version = r.Long();
        ReadOnlyMemory<byte> value = r.Frame();
        return new KeySnapshotItem { Namespace = space, Entry = new KeyEntry(key, version, value.Length, value) };
    }

    private static WireWriter Begin(byte kind)
    {
        WireWriter w = WireWriter.Borrow();
        w.Byte(kind);
        return w;
    }
}
