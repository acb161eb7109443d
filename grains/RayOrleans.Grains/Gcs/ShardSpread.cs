using System.Buffers.Binary;
using System.IO.Hashing;
using Orleans.Runtime;

namespace RayOrleans.Grains;

/// <summary>
/// Which silo each shard (or scheduler) belongs on: rendezvous hashing with a bound. Every silo has a rank for every key, by hash; the keys choose one after the
/// other, each the silo that ranks highest for it and has fewer than its share. So the shares are even, a change of the silos moves few keys, and whoever
/// knows the same silos comes to the same answer.
/// </summary>
internal static class ShardSpread
{
    /// <summary>The silo of one key.</summary>
    /// <param name="silos">The silos to choose from; at least one.</param>
    /// <param name="kind">What is spread: shards and schedulers are spread differently.</param>
    /// <param name="key">The key, from 0.</param>
    /// <param name="count">How many keys there are.</param>
    public static SiloAddress OwnerOf(IReadOnlyCollection<SiloAddress> silos, uint kind, long key, int count)
    {
        int share = (int)(((long)Math.Max(count, 1) + silos.Count - 1) / silos.Count);
        Dictionary<SiloAddress, int> taken = silos.ToDictionary(static s => s, static _ => 0);
        for (long k = 0; k < Math.Min(key, count); k++)
        {
            taken[Best(taken, share, kind, k)]++;
        }

        // A key that is not one of them is on its own.
        return Best(taken, key < count ? share : int.MaxValue, kind, key);
    }

    private static SiloAddress Best(Dictionary<SiloAddress, int> taken, int share, uint kind, long key) =>
        taken.Where(s => s.Value < share).MaxBy(s => (Rank(s.Key, kind, key), NodeIds.Of(s.Key).Value)).Key;

    private static ulong Rank(SiloAddress silo, uint kind, long key)
    {
        Span<byte> bytes = stackalloc byte[28];
        BinaryPrimitives.WriteUInt128LittleEndian(bytes, NodeIds.Of(silo).Value);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes[16..], kind);
        BinaryPrimitives.WriteInt64LittleEndian(bytes[20..], key);
        return XxHash64.HashToUInt64(bytes);
    }
}
