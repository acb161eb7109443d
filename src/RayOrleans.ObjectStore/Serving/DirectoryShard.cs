using System.Diagnostics.CodeAnalysis;

namespace RayOrleans.ObjectStore;

/// <summary>A part of the directory's objects, under one lock.</summary>
internal sealed class DirectoryShard
{
    public readonly Lock Gate = new();
    private readonly Dictionary<StoreKey, DirectoryEntry> _entries = [];

    public IEnumerable<StoreKey> Keys_NeedsLock => _entries.Keys;

    public bool TryFind_NeedsLock(StoreKey key, [NotNullWhen(true)] out DirectoryEntry? entry) => _entries.TryGetValue(key, out entry);

    public DirectoryEntry FindOrAdd_NeedsLock(StoreKey key)
    {
        if (!_entries.TryGetValue(key, out DirectoryEntry? entry))
            _entries.Add(key, entry = new DirectoryEntry(key));
        return entry;
    }

    /// <summary>Ends an entry and returns its waits, to be completed.</summary>
    public GetWait? Remove_NeedsLock(DirectoryEntry entry)
    {
        _entries.Remove(entry.Key);
        entry.State = EntryState.Gone;
        return TakeWaits_NeedsLock(entry);
    }

    public void AddWait_NeedsLock(DirectoryEntry entry, GetWait wait)
    {
        wait.Entry = entry;
        wait.Next = entry.FirstWait;
        if (entry.FirstWait is { } next)
            next.Previous = wait;
        entry.FirstWait = wait;
    }

    /// <summary>Takes one wait out; false when somebody else has.</summary>
    public bool TryTakeWait_NeedsLock(GetWait wait)
    {
        if (wait.Entry is not { } entry)
            return false;
        if (wait.Next is { } next)
            next.Previous = wait.Previous;
        if (wait.Previous is { } previous)
            previous.Next = wait.Next;
        else
            entry.FirstWait = wait.Next;
        wait.Entry = null;
        wait.Next = wait.Previous = null;
        if (entry is { FirstWait: null, State: EntryState.Absent })
            _entries.Remove(entry.Key);
        return true;
    }

    /// <summary>Takes all waits out, linked by <see cref="GetWait.Next"/>.</summary>
    public GetWait? TakeWaits_NeedsLock(DirectoryEntry entry)
    {
        GetWait? first = entry.FirstWait;
        entry.FirstWait = null;
        for (GetWait? wait = first; wait is not null; wait = wait.Next)
            wait.Entry = null;
        return first;
    }
}
