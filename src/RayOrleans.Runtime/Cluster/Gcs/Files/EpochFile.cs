using System.Buffers.Binary;
using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;

namespace RayOrleans.Runtime.Cluster.Gcs.Files;

/// <summary>
/// The newest epoch of a shard, in a file that is replaced as a whole. Raising is guarded by a lock of the operating system, which a process that dies lets
/// go of. Reading needs no lock: who writes records reads it after each write, so that whatever it acknowledges was there before
/// a newer epoch began to read.
/// </summary>
internal sealed class EpochFile(string folder, TimeProvider time)
{
    private const int Length = 16;
    private static readonly TimeSpan RetryPause = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly string _path = Path.Combine(folder, "epoch");

    /// <summary>The newest epoch; 0: none.</summary>
    public long Read()
    {
        Span<byte> bytes = stackalloc byte[Length];
        try
        {
            using SafeFileHandle file = File.OpenHandle(_path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            if (RandomAccess.Read(file, bytes, 0) == Length && XxHash3.HashToUInt64(bytes[..8]) == BinaryPrimitives.ReadUInt64LittleEndian(bytes[8..]))
            {
                return BinaryPrimitives.ReadInt64LittleEndian(bytes);
            }
        }
        catch (FileNotFoundException)
        {
            return 0;
        }

        throw new InvalidDataException($"{_path} is damaged. If no process uses the folder, delete the file: the epochs of the records are found from their names.");
    }

    /// <summary>Raises the epoch above what it is and what has been written.</summary>
    public async ValueTask<long> RaiseAsync(long atLeast, Func<long> written, CancellationToken cancellationToken)
    {
        await using FileStream guard = await LockAsync(cancellationToken).ConfigureAwait(false);
        long epoch = Math.Max(atLeast, Math.Max(Read(), written()) + 1);
        string draft = _path + ".new";
        using (SafeFileHandle file = File.OpenHandle(draft, FileMode.Create, FileAccess.Write))
        {
            byte[] bytes = new byte[Length];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, epoch);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes.AsSpan(8), XxHash3.HashToUInt64(bytes.AsSpan(0, 8)));
            RandomAccess.Write(file, bytes, 0);
            RandomAccess.FlushToDisk(file);
        }

        File.Move(draft, _path, overwrite: true);
        return epoch;
    }

    /// <summary>Does something that nobody may see half done: as long as it takes, no newer epoch can begin.</summary>
    /// <returns>The newest epoch; if it is not the one that is meant, nothing was done.</returns>
    public async ValueTask<long> WhileNewestAsync(long epoch, Action work)
    {
        await using FileStream guard = await LockAsync(CancellationToken.None).ConfigureAwait(false);
        long newest = Read();
        if (newest == epoch)
        {
            work();
        }

        return newest;
    }

    private async ValueTask<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(folder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (time.GetElapsedTime(start) < Patience)
            {
                // Another process raises the epoch, or takes a write back: that takes a moment.
                await Task.Delay(RetryPause, time, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
