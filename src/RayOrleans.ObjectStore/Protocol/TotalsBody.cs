using System.Buffers.Binary;
using System.Text;

namespace RayOrleans.ObjectStore;

/// <summary>Totals as 64-bit numbers in a fixed order, then why spilling failed, as the number of its bytes (-1: it did not fail) and UTF-8. A later version may add to the end.</summary>
internal static class TotalsBody
{
    /// <summary>The most bytes of the error that are sent.</summary>
    public const int MaxErrorBytes = 1024;

    public static byte[] ToBytes(StoreServerTotals totals)
    {
        ReadOnlySpan<long> numbers = [.. Numbers(totals)];
        byte[] error = ErrorBytes(totals.Store.Spill.LastError);
        byte[] bytes = new byte[((numbers.Length + 1) * sizeof(long)) + error.Length];
        for (int i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(i * sizeof(long)), numbers[i]);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(numbers.Length * sizeof(long)), totals.Store.Spill.LastError is null ? -1 : error.Length);
        error.CopyTo(bytes.AsSpan(bytes.Length - error.Length));
        return bytes;
    }

    public static StoreServerTotals Read(ReadOnlySpan<byte> from)
    {
        Numbers64 numbers = new(from);
        return new StoreServerTotals
        {
            Clients = numbers.Next(),
            ClientPins = numbers.Next(),
            UnsealedObjects = numbers.Next(),
            InlineObjects = numbers.Next(),
            InlineBytes = numbers.Next(),
            ArenaObjects = numbers.Next(),
            ArenaObjectBytes = numbers.Next(),
            Store = new StoreTotals
            {
                CapacityBytes = numbers.Next(),
                UsedBytes = numbers.Next(),
                PinnedBytes = numbers.Next(),
                CommittedBytes = numbers.Next(),
                QuarantinedBytes = numbers.Next(),
                FreeBytes = numbers.Next(),
                LargestFreeRunBytes = numbers.Next(),
                BlockCount = numbers.Next(),
                Creates = numbers.Next(),
                Deletes = numbers.Next(),
                Evictions = numbers.Next(),
                Waits = numbers.Next(),
                Waiting = (int)numbers.Next(),
                PrimaryBytes = numbers.Next(),
                SecondaryBytes = numbers.Next(),
                DroppedBytes = numbers.Next(),
                Spill = new SpillTotals
                {
                    MemoryOnlyBytes = numbers.Next(),
                    EvictableBytes = numbers.Next(),
                    LiveBytes = numbers.Next(),
                    LiveObjects = numbers.Next(),
                    DiskOnlyBytes = numbers.Next(),
                    DiskOnlyObjects = numbers.Next(),
                    FileBytes = numbers.Next(),
                    Files = (int)numbers.Next(),
                    MappedBytes = numbers.Next(),
                    Spills = numbers.Next(),
                    SpilledBytes = numbers.Next(),
                    SpillTime = new TimeSpan(numbers.Next()),
                    Restores = numbers.Next(),
                    RestoredBytes = numbers.Next(),
                    RestoreTime = new TimeSpan(numbers.Next()),
                    MovedBytes = numbers.Next(),
                    Damaged = numbers.Next(),
                    LastError = numbers.Text(),
                },
            },
        };
    }

    private static long[] Numbers(in StoreServerTotals totals)
    {
        StoreTotals store = totals.Store;
        SpillTotals spill = store.Spill;
        return
        [
            totals.Clients, totals.ClientPins, totals.UnsealedObjects, totals.InlineObjects, totals.InlineBytes, totals.ArenaObjects, totals.ArenaObjectBytes,
            store.CapacityBytes, store.UsedBytes, store.PinnedBytes, store.CommittedBytes, store.QuarantinedBytes, store.FreeBytes, store.LargestFreeRunBytes,
            store.BlockCount, store.Creates, store.Deletes, store.Evictions, store.Waits, store.Waiting, store.PrimaryBytes, store.SecondaryBytes, store.DroppedBytes,
            spill.MemoryOnlyBytes, spill.EvictableBytes, spill.LiveBytes, spill.LiveObjects, spill.DiskOnlyBytes, spill.DiskOnlyObjects, spill.FileBytes, spill.Files,
            spill.MappedBytes, spill.Spills, spill.SpilledBytes, spill.SpillTime.Ticks, spill.Restores, spill.RestoredBytes, spill.RestoreTime.Ticks, spill.MovedBytes,
            spill.Damaged,
        ];
    }

    private static byte[] ErrorBytes(string? error)
    {
        if (error is null)
            return [];
        byte[] bytes = Encoding.UTF8.GetBytes(error);
        int length = Math.Min(bytes.Length, MaxErrorBytes);
        // Not in the middle of a character.
        while (length < bytes.Length && length > 0 && (bytes[length] & 0xC0) == 0x80)
            length--;
        return bytes[..length];
    }

    /// <summary>Reads the numbers one after the other.</summary>
    private ref struct Numbers64(ReadOnlySpan<byte> from)
    {
        private ReadOnlySpan<byte> _rest = from;

        public long Next()
        {
            if (_rest.Length < sizeof(long))
                throw new StoreProtocolException("Totals end before their last number.");
            long number = BinaryPrimitives.ReadInt64LittleEndian(_rest);
            _rest = _rest[sizeof(long)..];
            return number;
        }

        public string? Text()
        {
            long length = Next();
            if (length < 0)
                return null;
            if (length > _rest.Length)
                throw new StoreProtocolException($"Totals have an error of {length} bytes, of which {_rest.Length} are there.");
            return Encoding.UTF8.GetString(_rest[..(int)length]);
        }
    }
}
