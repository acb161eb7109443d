using System.Text;

namespace RayOrleans.Silo.Jobs;

/// <summary>What a program writes to one of its streams, in a file that can be read meanwhile. Written by one, read by any.</summary>
/// <param name="path">The file, which does not exist yet.</param>
/// <param name="most">How many bytes of it are kept.</param>
internal sealed class OutputFile(string path, long most = OutputFile.MaxBytes) : IDisposable
{
    /// <summary>What is kept of a stream; a program that writes more goes on, and the rest is lost.</summary>
    public const long MaxBytes = 256L << 20;

    private const int BufferBytes = 64 << 10;

    private readonly FileStream _file = new(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, bufferSize: 0);
    private long _length;
    private bool _isFull;

    /// <summary>Copies a stream to its end.</summary>
    /// <param name="source">The stream.</param>
    /// <param name="onMore">Called when there is more to read.</param>
    public async Task FillAsync(Stream source, Action onMore)
    {
        byte[] buffer = new byte[BufferBytes];
        while (await source.ReadAsync(buffer).ConfigureAwait(false) is > 0 and int count)
        {
            if (_isFull)
            {
                continue;
            }

            int kept = (int)Math.Min(count, most - _length);
            await AddAsync(buffer.AsMemory(0, kept)).ConfigureAwait(false);
            if (kept < count)
            {
                _isFull = true;
                await AddAsync(Encoding.UTF8.GetBytes($"\n[what follows is not kept: {most:N0} bytes are the most of a stream of a submitted program]\n")).ConfigureAwait(false);
            }

            onMore();
        }
    }

    /// <summary>The next bytes; none: there are no more now.</summary>
    public async Task<byte[]> ReadAsync(long from, int count)
    {
        long length = Volatile.Read(ref _length);
        if (from < 0 || from > length)
        {
            throw new ArgumentOutOfRangeException(nameof(from), from, $"There are {length} bytes so far.");
        }

        byte[] bytes = new byte[(int)Math.Min(count, length - from)];
        if (bytes.Length > 0)
        {
            using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            file.Position = from;
            await file.ReadExactlyAsync(bytes).ConfigureAwait(false);
        }

        return bytes;
    }

    /// <summary>Closes the file, which stays.</summary>
    public void Dispose() => _file.Dispose();

    private async ValueTask AddAsync(ReadOnlyMemory<byte> bytes)
    {
        await _file.WriteAsync(bytes).ConfigureAwait(false);
        Volatile.Write(ref _length, _length + bytes.Length);
    }
}
