namespace RayOrleans.Core;

/// <summary>
/// Puts that a task's result refers to are results of that task: objects with its id and an index that follows from where the result names them, so that they
/// keep their ids over attempts, and are made again like any other result.
/// </summary>
public sealed class NestedResults
{
    /// <summary>The index of the first; parts of tuples have smaller ones.</summary>
    public const int FirstIndex = 1 << 20;

    private readonly ObjectTable _objects;
    private readonly Outbox _outbox;

    internal NestedResults(ObjectTable objects, Outbox outbox)
    {
        _objects = objects;
        _outbox = outbox;
    }

    /// <summary>The index of a put that stands at that place among all references of a task's results, from 0.</summary>
    public static int IndexOf(int place) => FirstIndex + place;

    /// <summary>The nested results of a task, as of now; most have none.</summary>
    internal static ObjectEntry[] Of(TaskRecord task) => task.Nested is { } nested ? [.. nested.Values] : [];

    internal static bool IsNested(ObjectEntry entry) => entry.Id.Index >= FirstIndex && entry.PartOf is { Kind: TaskKind.Normal, Stream: null };

    /// <summary>Whether any result that may refer to others is made by the outcome that just came.</summary>
    internal static bool MakesReferences(TaskRecord task) =>
        task.Status == ObjectStatus.Pending || Array.Exists(task.Parts ?? [], p => p.Status == ObjectStatus.Pending);

    /// <summary>The entry for a nested result; null: nothing refers to it any more.</summary>
    internal ObjectEntry? Open(TaskRecord task, int index, bool makesReferences)
    {
        if (task.Nested?.GetValueOrDefault(index) is { } known)
        {
            if (known.Status == ObjectStatus.Deleted && makesReferences)
            {
                _objects.Unset(known);
            }

            return known;
        }

        if (!makesReferences)
        {
            return null;
        }

        if (_objects.Shared?.Claim(task, index) is { } early)
        {
            return early;
        }

        ObjectEntry entry = new(task.TaskId, index, task);
        task.AddNested(entry);
        _objects.Link(entry);
        return entry;
    }

    /// <summary>
    /// Takes the nested values of an accepted outcome, for as long as they are still to be made. Each is used once more until <see cref="Release"/>, so that it
    /// outlives the moment until the result refers to it.
    /// </summary>
    /// <returns>The entries by the puts they stand for.</returns>
    internal Dictionary<ObjectEntry, ObjectEntry> Accept(TaskRecord task, NestedValue[] values)
    {
        bool makesReferences = MakesReferences(task);
        Dictionary<ObjectEntry, ObjectEntry> entries = new(values.Length);
        foreach (NestedValue value in values)
        {
            if (Open(task, value.Index, makesReferences) is not { } entry)
            {
                _outbox.Discard(value.Value);
                continue;
            }

            if (task.Shared is not null)
            {
                _objects.Shared!.Share(entry);
            }

            _objects.Use(entry);
            entries[value.Put] = entry;
            if (!_objects.SetValue(entry, value.Value, value.Size, value.Contained, task.AttemptNumber))
            {
                _outbox.Discard(value.Value);
            }
        }

        return entries;
    }

    internal static ObjectEntry[]? Replace(ObjectEntry[]? contained, Dictionary<ObjectEntry, ObjectEntry>? entries) =>
        contained is null || entries is null ? contained : Array.ConvertAll(contained, new Converter<ObjectEntry, ObjectEntry>(new Replacement(entries).Of));

    internal void Release(IEnumerable<ObjectEntry> entries)
    {
        foreach (ObjectEntry entry in entries)
        {
            _objects.ReleaseUse(entry);
        }
    }

    /// <summary>The task was run again and did not put at those places what it had put there before.</summary>
    internal void FailUnmade(TaskRecord task)
    {
        foreach (ObjectEntry entry in Of(task))
        {
            if (entry.Status == ObjectStatus.Pending && task.Kept?.Contains(entry.Id.Index) != true)
            {
                _objects.SetFailure(entry, new Failure(
                    FailureKind.ReconstructionFailed,
                    $"Object {entry.Id}, put by {task.Name ?? task.TaskId.ToString()}, was lost, and the task, run again, put nothing at that place of its result.",
                    null,
                    task.TaskId,
                    task.Name));
            }
        }
    }

    /// <summary>A closure of its own: one of the compiler's would be made for every task.</summary>
    private sealed class Replacement(Dictionary<ObjectEntry, ObjectEntry> entries)
    {
        public ObjectEntry Of(ObjectEntry entry) => entries.GetValueOrDefault(entry) ?? entry;
    }
}
