namespace RayOrleans.Runtime.Cluster.Gcs;

/// <summary>
/// Brings what changes a shard into one order: kept in the journal first, then applied, then answered, so that nothing anybody is told can be lost.
/// What comes while an append is under way shares the next one. With a journal that answers at once everything happens on the caller's thread.
/// Ticks are applied in order too, but kept only when something else follows them: an idle shard writes nothing.
/// </summary>
internal sealed class ShardLog(IShardJournal journal, long epoch, IShardLogOwner owner, TimeProvider clock, long lastTime)
{
    private readonly Lock _lock = new();
    private List<ShardEntry> _waiting = [];
    private List<ShardEntry> _spare = [];
    private readonly List<ReadOnlyMemory<byte>> _records = [];
    private long _lastTime = lastTime;
    private long _unwrittenTick;
    private bool _isWriting;
    private long _waitingBytes;
    private Exception? _ended;
    private TaskCompletionSource? _idle;

    /// <summary>Bytes appended since the journal was replaced.</summary>
    public long JournalBytes { get; set; }

    /// <summary>How much may wait for the journal, in bytes.</summary>
    public required long MaxWaitingBytes { get; init; }

    /// <summary>Why nothing is taken any more: a newer epoch has begun. Null: it is.</summary>
    public Exception? Ended => Volatile.Read(ref _ended);

    /// <summary>Adds something; its answer comes when it was kept and applied.</summary>
    public ValueTask<byte[]> Add(ShardEntry entry)
    {
        ValueTask<byte[]> answer = entry.Answered;
        lock (_lock)
        {
            if (_ended is { } ended)
            {
                return ValueTask.FromException<byte[]>(ended);
            }

            // The time that replaying will see: it never goes back, whichever machine's clock it came from.
            _lastTime = entry.Time = Math.Max(_lastTime, clock.GetUtcNow().UtcTicks);
            if (_isWriting && entry.Kind == ShardRecordKind.Tick && _waiting is [.., { Kind: ShardRecordKind.Tick } last])
            {
                // While the storage is away ticks would only be counted.
                last.Time = entry.Time;
                return new([]);
            }

            if (_isWriting && !entry.MustStay && _waitingBytes + entry.Bytes > MaxWaitingBytes && _waiting.Count > 0)
            {
                return ValueTask.FromException<byte[]>(new JournalBusyException(_waitingBytes));
            }

            _waiting.Add(entry);
            _waitingBytes += entry.Bytes;
            if (_isWriting)
            {
                return answer;
            }

            _isWriting = true;
        }

        _ = WriteAsync();
        return answer;
    }

    /// <summary>Takes nothing any more. Ends when what was being kept has been applied and answered; what had not come so far is refused.</summary>
    /// <param name="why">What those who are refused get.</param>
    /// <returns>The time of the last entry.</returns>
    public async Task<long> EndAsync(Exception why)
    {
        List<ShardEntry> refused;
        Task idle = Task.CompletedTask;
        lock (_lock)
        {
            _ended ??= why;
            refused = [.. _waiting];
            _waiting.Clear();
            _waitingBytes = 0;
            if (_isWriting)
            {
                _idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                idle = _idle.Task;
            }
        }

        foreach (ShardEntry entry in refused)
        {
            entry.Fail(why);
        }

        await idle.ConfigureAwait(false);
        return _lastTime;
    }

    private async Task WriteAsync()
    {
        while (Take() is { } group)
        {
            try
            {
                if (TryEncode(group))
                {
                    await journal.AppendAsync(epoch, _records).ConfigureAwait(false);
                    OnWritten();
                }
            }
            catch (Exception e)
            {
                OnFailed(group, e, isEnd: e is StaleEpochException);
                return;
            }

            try
            {
                owner.Apply(group);
            }
            catch (Exception e)
            {
                // The state is no longer what the journal says. Another activation makes it anew.
                OnFailed(group, e, isEnd: true);
                return;
            }

            long time = group[^1].Time;
            if (journal.WantsState && await ReplaceAsync(() => owner.TakeState(time)).ConfigureAwait(false) is { } ended)
            {
                OnFailed(group, ended, isEnd: true);
                return;
            }

            foreach (ShardEntry entry in group)
            {
                entry.Complete();
            }

            group.Clear();
            if (journal.KeepsRecords && await ReplaceAsync(() => owner.TakeSnapshot(JournalBytes, time)).ConfigureAwait(false) is { } end)
            {
                OnFailed(group, end, isEnd: true);
                return;
            }
        }
    }

    private List<ShardEntry>? Take()
    {
        lock (_lock)
        {
            if (_waiting.Count == 0)
            {
                _isWriting = false;
                _idle?.TrySetResult();
                return null;
            }

            (_waiting, _spare) = (_spare, _waiting);
            _waitingBytes = 0;
            return _spare;
        }
    }

    private bool TryEncode(List<ShardEntry> group)
    {
        _records.Clear();
        if (group.TrueForAll(static e => e.Kind == ShardRecordKind.Tick))
        {
            _unwrittenTick = group[^1].Time;
            return false;
        }

        if (journal.KeepsRecords)
        {
            if (_unwrittenTick != 0)
            {
                _records.Add(ShardRecord.EncodeTick(_unwrittenTick));
            }

            foreach (ShardEntry entry in group)
            {
                if (entry.Kind != ShardRecordKind.Read)
                {
                    _records.Add(ShardRecord.Encode(entry));
                }
            }
        }

        // Nothing to write for mere questions, but the append finds out whether another activation has taken over.
        return true;
    }

    private void OnWritten()
    {
        _unwrittenTick = 0;
        foreach (ReadOnlyMemory<byte> record in _records)
        {
            JournalBytes += record.Length;
        }
    }

    /// <summary>The senders of the group send again: to this activation, or to the one that follows it.</summary>
    private void OnFailed(List<ShardEntry> group, Exception error, bool isEnd)
    {
        List<ShardEntry> failed = [];
        lock (_lock)
        {
            if (isEnd)
            {
                _ended = error;
                failed.AddRange(group);
                failed.AddRange(_waiting);
                _waiting.Clear();
                _waitingBytes = 0;
            }
            else
            {
                // Membership is told once, so it stays in front; it is tried again with the next batch or tick.
                failed.AddRange(group.Where(static e => !e.MustStay));
                _waiting.InsertRange(0, group.Where(static e => e.MustStay));
                _waitingBytes = _waiting.Sum(static e => e.Bytes);
            }

            group.Clear();
            _isWriting = false;
            _idle?.TrySetResult();
        }

        owner.OnJournalFailed(error);
        foreach (ShardEntry entry in failed)
        {
            entry.Fail(error);
        }
    }

    /// <summary>Null, unless this activation must end: the epoch has, or what it has put aside cannot be read any more.</summary>
    private async Task<Exception?> ReplaceAsync(Func<IReadOnlyList<ReadOnlyMemory<byte>>?> take)
    {
        IReadOnlyList<ReadOnlyMemory<byte>>? snapshot;
        try
        {
            snapshot = take();
        }
        catch (Exception e)
        {
            // The journal has all of it, so another activation makes the state anew.
            return e;
        }

        if (snapshot is null)
        {
            return null;
        }

        try
        {
            await journal.ReplaceAsync(epoch, snapshot).ConfigureAwait(false);
            JournalBytes = 0;
            return null;
        }
        catch (StaleEpochException e)
        {
            return e;
        }
        catch (Exception e)
        {
            // The journal is whole without it.
            owner.OnJournalFailed(e);
            return null;
        }
    }
}
