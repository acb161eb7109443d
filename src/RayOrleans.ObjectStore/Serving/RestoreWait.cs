namespace RayOrleans.ObjectStore;

/// <summary>A get of an object that is read back from disk. Ended by its time, its client, or the bytes.</summary>
internal sealed class RestoreWait(TimeSpan? timeout, TimeProvider time)
{
    private readonly CancellationTokenSource _source = timeout is { } bound ? new CancellationTokenSource(bound, time) : new CancellationTokenSource();
    private int _reason = (int)AnswerStatus.TimedOut;

    public CancellationToken Token => _source.Token;

    /// <summary>Why it was ended before the bytes came.</summary>
    public AnswerStatus Reason => (AnswerStatus)Volatile.Read(ref _reason);

    public void End(AnswerStatus reason)
    {
        Volatile.Write(ref _reason, (int)reason);
        _source.Cancel();
    }

    /// <summary>Stops its time. The source is not disposed of, because its client may be ending it.</summary>
    public void StopTimer()
    {
        if (timeout is not null)
            _source.CancelAfter(Timeout.InfiniteTimeSpan);
    }
}
