namespace RayOrleans.ObjectStore;

/// <summary>Mappings of which the collector has lately found a pin: they rest before they go, as memory of the arena does.</summary>
internal sealed class MappedMemory(TimeProvider time, TimeSpan rest)
{
    private readonly Lock _gate = new();
    private readonly Queue<(SpillMapping Mapping, long Since)> _resting = new();
    private long _bytes;

    /// <summary>Bytes of objects in mapped files.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    public void Made(long length) => Interlocked.Add(ref _bytes, length);

    /// <summary>Nobody reads it any more.</summary>
    /// <param name="mapping">The mapping.</param>
    /// <param name="length">Bytes of the object.</param>
    /// <param name="restsSince">When its rest began; null: it goes at once.</param>
    public void Free(SpillMapping mapping, long length, long? restsSince)
    {
        Interlocked.Add(ref _bytes, -length);
        if (restsSince is not { } since)
        {
            mapping.Dispose();
            return;
        }

        lock (_gate)
            _resting.Enqueue((mapping, since));
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
