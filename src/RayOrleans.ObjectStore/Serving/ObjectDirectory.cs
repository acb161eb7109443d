using System.Collections.Immutable;

namespace RayOrleans.ObjectStore;

/// <summary>
/// The node's objects by key: what is sealed, what is being written, and who waits. Bookkeeping only: a shard is locked for a look-up and a change
/// of state, and waits that are over go to their clients afterwards. A block that becomes an object is kept by the store, which may move it to disk. Thread-safe.
/// </summary>
internal sealed class ObjectDirectory(SharedMemoryStore store)
{
    private const int Shards = 64;

    /// <summary>How many creators that have ended are remembered: longer than it takes until what they had sent has arrived.</summary>
    private const int EndedKept = 4096;
    private readonly DirectoryShard[] _shards = [.. Enumerable.Range(0, Shards).Select(_ => new DirectoryShard())];

    private readonly Lock _endedLock = new();
    private readonly Queue<ulong> _endedOrder = new();
    private volatile ImmutableHashSet<ulong> _ended = [];

    public DirectoryCounters Counters { get; } = new();

    /// <summary>Enters an object that is complete. Its content is the directory's from then on, unless the key is taken.</summary>
    public AnswerStatus Publish(StoreKey key, object content, long length)
    {
        DirectoryShard shard = ShardOf(key);
        GetWait? waits;
        lock (shard.Gate)
        {
            DirectoryEntry entry = shard.FindOrAdd_NeedsLock(key);
            if (entry.State != EntryState.Absent)
                return AnswerStatus.Exists;
            entry.Length = length;
            waits = Seal_NeedsLock(shard, entry, content);
        }

        Complete(waits);
        DeleteIfEnded(key);
        return AnswerStatus.Done;
    }

    /// <summary>Enters an object that stays the caller's. False when the key is taken.</summary>
    public bool TryLend(StoreKey key, StoredObject stored)
    {
        DirectoryShard shard = ShardOf(key);
        GetWait? waits;
        lock (shard.Gate)
        {
            DirectoryEntry entry = shard.FindOrAdd_NeedsLock(key);
            if (entry.State != EntryState.Absent)
                return false;
            entry.Length = stored.Length;
            entry.IsLent = true;
            waits = Seal_NeedsLock(shard, entry, stored);
        }

        Complete(waits);
        return true;
    }

    /// <summary>A sealed object in a block becomes the caller's, and stays to be had here; null when there is none, or it is somebody's already.</summary>
    public StoredObject? Adopt(StoreKey key)
    {
        DirectoryShard shard = ShardOf(key);
        lock (shard.Gate)
        {
            if (!shard.TryFind_NeedsLock(key, out DirectoryEntry? entry) || entry is not { State: EntryState.Sealed, IsLent: false, Padding: 0, Content: StoredObject stored })
                return null;
            entry.IsLent = true;
            return stored;
        }
    }

    /// <summary>Deletes all objects that are nobody's in the server's process and whose keys begin so.</summary>
    private void DeleteAll(ulong high)
    {
        foreach (DirectoryShard shard in _shards)
        {
            List<StoreKey> keys;
            lock (shard.Gate)
                keys = [.. shard.Keys_NeedsLock.Where(key => key.High == high && shard.TryFind_NeedsLock(key, out DirectoryEntry? entry) && entry is { State: EntryState.Sealed, IsLent: false })];
            foreach (StoreKey key in keys)
                Delete(key);
        }
    }

    /// <summary>Deletes all objects that are nobody's in the server's process and whose keys begin so, and those that are sealed under such keys later.</summary>
    public void End(ulong high)
    {
        lock (_endedLock)
        {
            _endedOrder.Enqueue(high);
            _ended = _ended.Add(high);
            if (_endedOrder.Count > EndedKept)
                _ended = _ended.Remove(_endedOrder.Dequeue());
        }

        DeleteAll(high);
    }

    /// <summary>Takes a key for a creator; null when it is taken.</summary>
    public DirectoryEntry? TryBegin(StoreKey key, long length)
    {
        DirectoryShard shard = ShardOf(key);
        lock (shard.Gate)
        {
            DirectoryEntry entry = shard.FindOrAdd_NeedsLock(key);
            if (entry.State != EntryState.Absent)
                return null;
            entry.State = EntryState.Unsealed;
            entry.Length = length;
            Counters.AddUnsealed(1);
            return entry;
        }
    }

    /// <summary>Ends the writing of an object: it is there, in a block that is sealed, for all who ask. False when it was deleted meanwhile.</summary>
    public bool TrySeal(DirectoryEntry entry, StoreBlock block, int padding)
    {
        DirectoryShard shard = ShardOf(entry.Key);
        GetWait? waits;
        lock (shard.Gate)
        {
            if (entry.State != EntryState.Unsealed)
                return false;
            Counters.AddUnsealed(-1);
            entry.Padding = padding;
            waits = Seal_NeedsLock(shard, entry, block);
        }

        Complete(waits);
        DeleteIfEnded(entry.Key);
        return true;
    }

    /// <summary>Gives up an object that is not sealed; does nothing when it was deleted meanwhile.</summary>
    /// <param name="entry">The object.</param>
    /// <param name="reason">What those who wait for it are told.</param>
    public void Abort(DirectoryEntry entry, AnswerStatus reason)
    {
        DirectoryShard shard = ShardOf(entry.Key);
        GetWait? waits;
        lock (shard.Gate)
        {
            if (entry.State != EntryState.Unsealed)
                return;
            Counters.AddUnsealed(-1);
            waits = shard.Remove_NeedsLock(entry);
        }

        Fail(waits, reason);
    }

    /// <summary>Takes an object out; its memory follows when nobody holds it, unless it is lent. False when there is none.</summary>
    public bool Delete(StoreKey key)
    {
        DirectoryShard shard = ShardOf(key);
        object? content;
        GetWait? waits;
        bool isLent;
        lock (shard.Gate)
        {
            if (!shard.TryFind_NeedsLock(key, out DirectoryEntry? entry) || entry.State == EntryState.Absent)
                return false;
            content = entry.Content;
            isLent = entry.IsLent;
            if (content is null)
                Counters.AddUnsealed(-1);
            else
                Counters.AddSealed(content, entry.Length, -1);
            waits = shard.Remove_NeedsLock(entry);
        }

        Fail(waits, AnswerStatus.Deleted);
        if (!isLent)
            (content as StoredObject)?.Delete();
        return true;
    }

    public bool Contains(StoreKey key)
    {
        DirectoryShard shard = ShardOf(key);
        lock (shard.Gate)
            return shard.TryFind_NeedsLock(key, out DirectoryEntry? entry) && entry.State == EntryState.Sealed;
    }

    /// <summary>A sealed object, with a pin if it is in memory, or false.</summary>
    public bool TryFind(StoreKey key, out Found found)
    {
        DirectoryShard shard = ShardOf(key);
        lock (shard.Gate)
        {
            found = default;
            return shard.TryFind_NeedsLock(key, out DirectoryEntry? entry) && TryPin_NeedsLock(entry, out found);
        }
    }

    /// <summary>As <see cref="TryFind"/>; where there is none, the wait is listed.</summary>
    public bool TryFindOrWait(GetWait wait, out Found found)
    {
        DirectoryShard shard = ShardOf(wait.Key);
        lock (shard.Gate)
        {
            DirectoryEntry entry = shard.FindOrAdd_NeedsLock(wait.Key);
            if (TryPin_NeedsLock(entry, out found))
                return true;
            shard.AddWait_NeedsLock(entry, wait);
            return false;
        }
    }

    /// <summary>Takes a wait out of the list, so that the caller completes it; false when somebody else does.</summary>
    public bool TryTake(GetWait wait)
    {
        DirectoryShard shard = ShardOf(wait.Key);
        lock (shard.Gate)
            return shard.TryTakeWait_NeedsLock(wait);
    }

    /// <summary>Replaces inline bytes by a sealed block with the same bytes. Returns what the object is now, with a pin if it is in memory; a block that is not taken stays the caller's.</summary>
    public bool TryPromote(StoreKey key, byte[] bytes, StoreBlock block, out Found found, out bool isTaken)
    {
        DirectoryShard shard = ShardOf(key);
        lock (shard.Gate)
        {
            found = default;
            isTaken = false;
            if (!shard.TryFind_NeedsLock(key, out DirectoryEntry? entry))
                return false;
            if (ReferenceEquals(entry.Content, bytes))
            {
                Counters.AddSealed(bytes, entry.Length, -1);
                Counters.AddSealed(block, entry.Length, 1);
                entry.Content = store.Keep(block);
                isTaken = true;
            }

            return TryPin_NeedsLock(entry, out found) && found.Bytes is null;
        }
    }

    /// <summary>Looked at after the seal, and <see cref="End"/> looks for what is sealed after it has said so: one of them finds it.</summary>
    private void DeleteIfEnded(StoreKey key)
    {
        if (_ended is { IsEmpty: false } ended && ended.Contains(key.High))
            Delete(key);
    }

    private static void Complete(GetWait? waits)
    {
        while (waits is { } wait)
        {
            // The client's queue may reuse the link.
            waits = wait.Next;
            wait.Client.Finish(wait);
        }
    }

    private static void Fail(GetWait? waits, AnswerStatus reason)
    {
        for (GetWait? wait = waits; wait is not null; wait = wait.Next)
            wait.Status = reason;
        Complete(waits);
    }

    private static bool TryPin_NeedsLock(DirectoryEntry entry, out Found found)
    {
        found = default;
        if (entry.State != EntryState.Sealed)
            return false;
        found = new Found(entry.Content, (entry.Content as StoredObject)?.TryAddPin(), entry.Padding, entry.Length);
        return true;
    }

    private GetWait? Seal_NeedsLock(DirectoryShard shard, DirectoryEntry entry, object content)
    {
        entry.Content = content is StoreBlock block ? store.Keep(block) : content;
        entry.State = EntryState.Sealed;
        Counters.AddSealed(content, entry.Length, 1);
        GetWait? waits = shard.TakeWaits_NeedsLock(entry);
        for (GetWait? wait = waits; wait is not null; wait = wait.Next)
        {
            TryPin_NeedsLock(entry, out Found found);
            wait.Status = AnswerStatus.Done;
            wait.Found = found;
        }

        return waits;
    }

    private DirectoryShard ShardOf(StoreKey key) => _shards[key.GetHashCode() & (Shards - 1)];
}
