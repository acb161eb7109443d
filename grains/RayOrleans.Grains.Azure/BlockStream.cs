using RayOrleans.Runtime.Cluster.Gcs;

namespace RayOrleans.Grains.Azure;

/// <summary>Reads the blocks of a state or log one after the other.</summary>
internal static class BlockStream
{
    /// <summary>What a newer epoch appends to the log of the one before: no append that names an earlier position succeeds after it.</summary>
    public static ReadOnlyMemory<byte> Fence { get; } = "RGF\u0001 fence\0\0\0\0\0\0"u8.ToArray();

    /// <summary>The whole blocks, with their places.</summary>
    /// <param name="stream">The blob, from its start.</param>
    /// <param name="end">Where it must end; null: it ends where a fence stands, or what follows was not finished.</param>
    /// <param name="where">The blob, for people.</param>
    /// <param name="isTorn">Whether a block of a length may be unfinished although as many bytes follow: its later parts may be missing.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="InvalidDataException">Something is damaged, or missing.</exception>
    public static async IAsyncEnumerable<List<ReadOnlyMemory<byte>>> ReadAsync(
        Stream stream, long? end, string where, Func<long, bool> isTorn, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        byte[] header = new byte[RecordBlock.HeaderLength];
        long place = 0;
        while (end is null || place < end)
        {
            int read = await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            if (end is null && (read < header.Length || header.AsSpan().SequenceEqual(Fence.Span)))
            {
                yield break;
            }

            string at = $"{where}, at {place}";
            int length = RecordBlock.LengthAt(header.AsSpan(0, read), at) ?? throw new InvalidDataException($"{at} is damaged.");
            byte[] block = new byte[length];
            header.CopyTo(block, 0);
            int rest = await stream.ReadAtLeastAsync(block.AsMemory(header.Length), length - header.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            List<ReadOnlyMemory<byte>> records;
            try
            {
                records = rest == length - header.Length ? RecordBlock.Decode(block, place, at) : throw new InvalidDataException($"{at} is cut off.");
            }
            catch (InvalidDataException) when (end is null && (rest < length - header.Length || isTorn(length)))
            {
                yield break;
            }

            yield return records;
            place += length;
        }
    }
}
