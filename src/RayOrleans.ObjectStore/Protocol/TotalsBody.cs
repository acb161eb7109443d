using System.Buffers.Binary;

namespace RayOrleans.ObjectStore;

/// <summary>Totals as 64-bit numbers in a fixed order. A later version may add to the end.</summary>
internal static class TotalsBody
{
    private const int Count = 20;

    public static byte[] ToBytes(StoreServerTotals totals)
    {
        StoreTotals store = totals.Store;
        ReadOnlySpan<long> numbers =
        [
            store.CapacityBytes, store.UsedBytes, store.PinnedBytes, store.CommittedBytes, store.QuarantinedBytes, store.BlockCount, store.Creates,
            store.Deletes, store.Evictions, store.Waits, store.Waiting, store.FreeBytes, store.LargestFreeRunBytes,
            totals.Clients, totals.ClientPins, totals.UnsealedObjects, totals.InlineObjects, totals.InlineBytes, totals.ArenaObjects, totals.ArenaObjectBytes,
        ];
        byte[] bytes = new byte[Count * sizeof(long)];
        for (int i = 0; i < Count; i++)
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), numbers[i]);
        return bytes;
    }

    public static StoreServerTotals Read(ReadOnlySpan<byte> from)
    {
        if (from.Length < Count * sizeof(long))
            throw new StoreProtocolException($"Totals have at least {Count * sizeof(long)} bytes, not {from.Length}.");
        long[] numbers = new long[Count];
        for (int i = 0; i < Count; i++)
            numbers[i] = BinaryPrimitives.ReadInt64LittleEndian(from[(i * sizeof(long))..]);
        return new StoreServerTotals
        {
            Store = new StoreTotals
            {
                CapacityBytes = numbers[0],
                UsedBytes = numbers[1],
                PinnedBytes = numbers[2],
                CommittedBytes = numbers[3],
                QuarantinedBytes = numbers[4],
                BlockCount = numbers[5],
                Creates = numbers[6],
                Deletes = numbers[7],
                Evictions = numbers[8],
                Waits = numbers[9],
                Waiting = (int)numbers[10],
                FreeBytes = numbers[11],
                LargestFreeRunBytes = numbers[12],
            },
            Clients = numbers[13],
            ClientPins = numbers[14],
            UnsealedObjects = numbers[15],
            InlineObjects = numbers[16],
            InlineBytes = numbers[17],
            ArenaObjects = numbers[18],
            ArenaObjectBytes = numbers[19],
        };
    }
}
