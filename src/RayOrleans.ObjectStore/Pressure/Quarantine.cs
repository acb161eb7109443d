namespace RayOrleans.ObjectStore;

/// <summary>Freed runs whose last pin was released by a finalizer, oldest first. Thread-safe.</summary>
internal sealed class Quarantine(TimeProvider time, TimeSpan rest)
{
    private readonly Lock _gate = new();
    private readonly Queue<(CachedRun Run, long Length, long Since)> _runs = new();
    private long _bytes;

    public long Bytes => Volatile.Read(ref _bytes);

    public void Add(CachedRun run, long length)
    {
        lock (_gate)
        {
            _runs.Enqueue((run, length, time.GetTimestamp()));
            Volatile.Write(ref _bytes, _bytes + length);
        }
    }

    /// <summary>The next run that has rested long enough.</summary>
    public bool TryTake(out CachedRun run, out long length)
    {
        (run, length) = (default, 0);
        if (Bytes == 0)
            return false;
        lock (_gate)
        {
            if (!_runs.TryPeek(out var oldest) || time.GetElapsedTime(oldest.Since) < rest)
                return false;
            _runs.Dequeue();
            Volatile.Write(ref _bytes, _bytes - oldest.Length);
            (run, length) = (oldest.Run, oldest.Length);
            return true;
        }
    }
}
