using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Keys;

/// <summary>Operations on keys and names, and their answers, as bytes.</summary>
internal static class KeyWire
{
    private const int MinEntryBytes = 4;
    private const int MinNameBytes = 19;

    public static byte[] EncodeOperation(KeyOperation operation)
    {
        WireWriter w = WireForm.Request(RequestKind.Tables);
        w.Byte((byte)operation.Kind);
        w.RawNode(new NodeId(operation.Id));
        w.Text(operation.Namespace);
        w.Text(operation.Key);
        w.Bytes(operation.Value.Span);
        w.Flag(operation.Expected is not null);
        w.Int(operation.Expected ?? 0);
        w.Int(operation.Offset);
        w.Text(operation.After);
        w.Text(operation.AfterNamespace);
        w.Task(operation.Actor.Creation);
        w.Task(operation.Replaces.Creation);
        return WireForm.Finish(w);
    }

    /// <exception cref="CorruptBatchException">The bytes are no operation, or beyond the bounds.</exception>
    public static KeyOperation DecodeOperation(ReadOnlyMemory<byte> request)
    {
        WireReader r = WireForm.ReadRequest(request);
        KeyOperationKind kind = r.Enum<KeyOperationKind>();
        UInt128 id = r.RawNode().Value;
        KeyOperation operation = new(kind, Key(ref r), Key(ref r))
        {
            Id = id,
            Value = r.Frame(),
            Expected = r.Flag() ? r.Long() : Skip(ref r),
            Offset = r.Int(),
            After = r.Text(),
            AfterNamespace = r.Text(),
            Actor = new ActorId(r.Task()),
            Replaces = new ActorId(r.Task()),
        };
        r.Finish();
        return operation.Value.Length <= KeyLimits.MaxValueBytes && operation.Offset is >= 0 and <= KeyLimits.MaxValueBytes
            ? operation
            : throw r.Corrupt("a value is too large");
    }

    public static byte[] EncodeFlag(bool value) => [BatchCodec.Format, value ? (byte)1 : (byte)0];

    public static bool DecodeFlag(ReadOnlyMemory<byte> answer)
    {
        WireReader r = WireForm.ReadAnswer(answer);
        bool value = r.Flag();
        r.Finish();
        return value;
    }

    public static byte[] EncodeVersion(long? version)
    {
        WireWriter w = WireForm.Answer();
        w.Flag(version is not null);
        w.Int(version ?? 0);
        return WireForm.Finish(w);
    }

    /// <returns>The version, or null: nothing was written. <paramref name="isMissing"/>: the parts of the value are not there.</returns>
    public static long? DecodeVersion(ReadOnlyMemory<byte> answer, out bool isMissing)
    {
        WireReader r = WireForm.ReadAnswer(answer);
        bool isThere = r.Flag();
        isMissing = r.Left == 0;
        if (isMissing)
        {
            return null;
        }

        long version = r.Long();
        r.Finish();
        return isThere ? version : null;
    }

    /// <summary>Some of the entries that were asked for, and whether there are more.</summary>
    public static byte[] EncodeEntries(IReadOnlyList<KeyEntry> entries, bool isMore)
    {
        WireWriter w = WireForm.Answer();
        w.Flag(isMore);
        w.Count(entries.Count);
        foreach (KeyEntry entry in entries)
        {
            w.Text(entry.Key);
            w.Int(entry.Version);
            w.Int(entry.Length);
            w.Bytes(entry.Value.Span);
        }

        return WireForm.Finish(w);
    }

    public static List<KeyEntry> DecodeEntries(ReadOnlyMemory<byte> answer, out bool isMore)
    {
        WireReader r = WireForm.ReadAnswer(answer);
        isMore = r.Flag();
        int count = r.Count(MinEntryBytes);
        List<KeyEntry> entries = new(count);
        for (int i = 0; i < count; i++)
        {
            entries.Add(new KeyEntry(r.RequiredText(), r.Long(), r.Int(), r.Frame()));
        }

        r.Finish();
        return entries;
    }

    /// <summary>Names, and a yes or no: whether the claim was granted, or whether there are more.</summary>
    public static byte[] EncodeNames(IReadOnlyList<ActorName> names, bool flag)
    {
        WireWriter w = WireForm.Answer();
        w.Flag(flag);
        w.Count(names.Count);
        foreach (ActorName name in names)
        {
            w.Text(name.Namespace);
            w.Text(name.Name);
            w.Task(name.Actor.Creation);
            w.Bytes(name.Description.Span);
        }

        return WireForm.Finish(w);
    }

    public static List<ActorName> DecodeNames(ReadOnlyMemory<byte> answer, out bool flag)
    {
        WireReader r = WireForm.ReadAnswer(answer);
        flag = r.Flag();
        int count = r.Count(MinNameBytes);
        List<ActorName> names = new(count);
        for (int i = 0; i < count; i++)
        {
            names.Add(new ActorName(r.RequiredText(), r.RequiredText(), new ActorId(r.Task()), r.Frame()));
        }

        r.Finish();
        return names;
    }

    private static string Key(ref WireReader r)
    {
        string key = r.RequiredText();
        return key.Length <= KeyLimits.MaxKeyLength ? key : throw r.Corrupt("a key is too long");
    }

    private static long? Skip(ref WireReader r)
    {
        r.Long();
        return null;
    }
}
