namespace RayOrleans.ObjectStore;

/// <summary>A get that waits for an object. Whoever takes it out of its entry's list, under the shard's lock, completes it.</summary>
internal sealed class GetWait(ClientConnection client, uint request, StoreKey key, bool inPlace, TimeSpan? timeout, TimeProvider time)
{
    private readonly long _since = time.GetTimestamp();
    private ITimer? _timer;
    private int _isOver;

    public ClientConnection Client { get; } = client;

    public StoreKey Key { get; } = key;

    public uint Request { get; } = request;

    public bool InPlace { get; } = inPlace;

    /// <summary>What is left of its time; null: it has no end.</summary>
    public TimeSpan? TimeLeft => timeout is not { } bound ? null : bound - time.GetElapsedTime(_since) is var left && left > TimeSpan.Zero ? left : TimeSpan.Zero;

    public DirectoryEntry? Entry { get; set; }

    public GetWait? Next { get; set; }

    public GetWait? Previous { get; set; }

    /// <summary>Set by whoever completes it, before it is handed to its client.</summary>
    public AnswerStatus Status { get; set; }

    /// <summary>What was found; if it is in memory, with a pin for this wait.</summary>
    public Found Found { get; set; }

    /// <summary>The timer that ends the wait; disposed of at once when it is over already.</summary>
    public void SetTimer(ITimer timer)
    {
        _timer = timer;
        // Either this sees that it is over, or whoever ends it sees the timer.
        Interlocked.MemoryBarrier();
        if (Volatile.Read(ref _isOver) != 0)
            timer.Dispose();
    }

    public void End()
    {
        Interlocked.Exchange(ref _isOver, 1);
        _timer?.Dispose();
    }
}
