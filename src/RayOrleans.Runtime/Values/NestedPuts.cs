using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>
/// What an attempt put and its results refer to, found while they are written: results of their own, named by their places among all references, so that
/// another attempt's are the same objects.
/// </summary>
internal sealed class NestedPuts(Attempt attempt, long inlineBytes)
{
    private Dictionary<ObjectEntry, NestedValue>? _values;
    private int _place;

    /// <summary>The id to be written for a reference.</summary>
    public ObjectId OnWrite(ObjectEntry entry)
    {
        int index = NestedResults.IndexOf(_place++);
        if (entry is not PutEntry { IsReplicated: false } put || entry.Size <= inlineBytes || !put.IsOf(attempt))
        {
            return entry.Id;
        }

        if (_values is null || !_values.TryGetValue(entry, out NestedValue value))
        {
            object? own = entry.Value;
            ObjectEntry[]? contained = entry.Contained;
            Volatile.ReadBarrier();
            if (entry.Status != ObjectStatus.Available || own is not StoreValue stored || stored.Share() is not { } shared)
            {
                return entry.Id;
            }

            value = new NestedValue(index, entry, shared, entry.Size, contained);
            (_values ??= []).Add(entry, value);
        }

        return new ObjectId(attempt.Task.TaskId, value.Index);
    }

    /// <summary>The values, which are the outcome's from here on; null: none.</summary>
    public NestedValue[]? Take()
    {
        NestedValue[]? taken = _values is null ? null : [.. _values.Values];
        _values = null;
        return taken;
    }

    /// <summary>There is no outcome that could take them.</summary>
    public void Drop()
    {
        foreach (NestedValue value in Take() ?? [])
        {
            ((StoreValue)value.Value!).Dispose();
        }
    }
}
