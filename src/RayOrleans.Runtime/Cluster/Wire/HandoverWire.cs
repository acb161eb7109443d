namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>What a shard that moves knows, as requests of a bounded size: each with the shard, the epoch that has ended, its number, and records.</summary>
internal static class HandoverWire
{
    private const int TargetBytes = 4 << 20;

    /// <summary>The requests, in the order in which they must arrive; at least one.</summary>
    public static IEnumerable<byte[]> Encode(int shard, long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        int next = 0;
        int number = 0;
        do
        {
            int first = next;
            for (long bytes = 0; next < records.Count && (next == first || bytes + records[next].Length <= TargetBytes); next++)
            {
                bytes += records[next].Length;
            }

            yield return Encode(shard, epoch, number++, isLast: next == records.Count, records, first, next);
        }
        while (next < records.Count);
    }

    /// <exception cref="CorruptBatchException">The bytes are damaged.</exception>
    public static (int Shard, long Epoch, int Number, bool IsLast, List<ReadOnlyMemory<byte>> Records) Decode(ReadOnlyMemory<byte> request)
    {
        WireReader r = new(request);
        if (r.Byte() != (byte)RequestKind.Handover)
        {
            throw r.Corrupt("this is no shard's state");
        }

        BatchCodec.CheckFormat(ref r);
        int shard = r.Int();
        long epoch = r.Long();
        int number = r.Int();
        bool isLast = r.Flag();
        int count = r.Count(1);
        List<ReadOnlyMemory<byte>> records = new(count);
        for (int i = 0; i < count; i++)
        {
            records.Add(r.Frame());
        }

        r.Finish();
        return (shard, epoch, number, isLast, records);
    }

    private static byte[] Encode(int shard, long epoch, int number, bool isLast, IReadOnlyList<ReadOnlyMemory<byte>> records, int first, int next)
    {
        WireWriter w = WireForm.Request(RequestKind.Handover);
        w.Int(shard);
        w.Int(epoch);
        w.Int(number);
        w.Flag(isLast);
        w.Count(next - first);
        for (int i = first; i < next; i++)
        {
            w.Bytes(records[i].Span);
        }

        return WireForm.Finish(w);
    }
}
