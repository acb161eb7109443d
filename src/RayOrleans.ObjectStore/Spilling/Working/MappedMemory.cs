namespace RayOrleans.ObjectStore;

/// <summary>Mappings whose last pin was released by a finalizer: they rest before they go, as memory of the arena does.</summary>
internal sealed class MappedMemory(TimeProvider time, TimeSpan rest)
{
    private readonly Lock _gate = new();
    private readonly Queue<(SpillMapping Mapping, long Since)> _resting = new();
    private long _bytes;

    /// <summary>Bytes of objects in mapped files.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public void Made(long length) => Interlocked.Add(ref _bytes, length);

    public void Free(SpillMapping mapping, long length, bool finalizing)
    {
        Interlocked.Add(ref _bytes, -length);
        if (!finalizing)
        {
            mapping.Dispose();
            return;
        }

        lock (_gate)
            _resting.Enqueue((mapping, time.GetTimestamp()));
    }

    public void Reclaim()
    {
        while (true)
        {
            SpillMapping mapping;
            lock (_gate)
            {
                if (!_resting.TryPeek(out (SpillMapping Mapping, long Since) oldest) || time.GetElapsedTime(oldest.Since) < rest)
                    return;
                mapping = _resting.Dequeue().Mapping;
            }

            mapping.Dispose();
        }
    }
}
