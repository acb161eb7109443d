using System.Diagnostics;

namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>A plain file in the temporary directory, where spilled objects go too, written or read from its start to its end, in gigabytes per second.</summary>
internal sealed class FileVariant : ILimitVariant
{
    private const int Piece = 1 << 20;
    private const double BytesPerGigabyte = 1e9;

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"rayorleans-limit-{Environment.ProcessId}-{Guid.NewGuid():N}");
    private readonly byte[] _piece = new byte[Piece];
    private readonly long _bytes;
    private readonly bool _isRead;

    /// <param name="bytes">The file's length.</param>
    /// <param name="isRead">Whether reading is measured; otherwise writing is.</param>
    public FileVariant(long bytes, bool isRead)
    {
        _bytes = bytes;
        _isRead = isRead;
        new Random(1).NextBytes(_piece);
        Write();
    }

    public string Name => _isRead ? "plain file, read in order" : "plain file, written in order";

    public double Sample()
    {
        long start = Stopwatch.GetTimestamp();
        if (_isRead)
        {
            using FileStream file = new(_path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            while (file.Read(_piece) > 0)
            {
            }
        }
        else
        {
            File.Delete(_path);
            Write();
        }

        return _bytes / BytesPerGigabyte / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    public void Dispose() => File.Delete(_path);

    private void Write()
    {
        using FileStream file = new(_path, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0);
        for (long left = _bytes; left > 0; left -= Piece)
        {
            file.Write(_piece, 0, (int)Math.Min(Piece, left));
        }
    }
}
