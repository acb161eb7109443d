using System.Buffers;
using System.IO.Pipelines;

namespace RayOrleans.Grains;

/// <summary>Looks at what a connection begins with.</summary>
internal static class FirstBytes
{
    /// <summary>Whether it begins with these bytes. Waits for as many as it takes to tell; none counts as read.</summary>
    public static async ValueTask<bool> AreAsync(PipeReader input, byte[] expected)
    {
        while (true)
        {
            ReadResult read = await input.ReadAsync().ConfigureAwait(false);
            ReadOnlySequence<byte> buffer = read.Buffer;
            byte[] start = buffer.Slice(0, Math.Min(expected.Length, buffer.Length)).ToArray();
            bool fits = expected.AsSpan().StartsWith(start);
            if (fits && start.Length < expected.Length && !read.IsCompleted)
            {
                input.AdvanceTo(buffer.Start, buffer.End);
                continue;
            }

            // Nothing counts as seen, so whoever reads next gets it at once.
            input.AdvanceTo(buffer.Start, buffer.Start);
            return fits && start.Length == expected.Length;
        }
    }
}
