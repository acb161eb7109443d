namespace RayOrleans.Core;

/// <summary>
/// What a shard keeps in memory to have tasks made again that have ended: their specs, oldest first, within a bound. What exceeds it is stored elsewhere by whoever runs the shard;
/// a spec is read back when somebody takes its record over, and goes with its row. Specs of tasks that have not ended, and of actors, stay where they are.
/// </summary>
internal sealed class TableLineage(TableOptions options)
{
    /// <summary>A spec and its options in memory, in bytes; besides what the task is called with.</summary>
    private const long SpecBytes = 400;

    private readonly LinkedList<TableRow> _finished = new();
    private readonly List<TableRow>? _forgotten = options.KeepsForgotten ? [] : null;

    /// <summary>What the specs of finished tasks take in memory, those on their way elsewhere left out.</summary>
    public long Bytes { get; private set; }

    /// <summary>How many specs lie elsewhere.</summary>
    public int StoredCount { get; private set; }

    /// <summary>How many rows are kept though nobody needs them.</summary>
    public int ForgottenCount => _forgotten?.Count ?? 0;

    /// <summary>A publication says what makes the row again, or that nothing does.</summary>
    public void Set(TableRow row, TaskSpec? spec)
    {
        Leave(row);
        ReleaseStored(row);
        row.Spec = spec;
    }

    /// <summary>A row of an earlier activation, with what lies elsewhere.</summary>
    public void Restore(TableRow row, TaskSpec? spec, StoredSpec? stored)
    {
        row.Spec = spec;
        row.Stored = stored;
        StoredCount += stored is null ? 0 : 1;
        Note(row);
    }

    /// <summary>The row has changed: whether its task has ended may have too.</summary>
    public void Note(TableRow row)
    {
        if (row.Spec is not { Kind: TaskKind.Normal } spec || _forgotten is not null)
        {
            return;
        }

        if (!HasEnded(row))
        {
            Leave(row);
        }
        else if (row.Finished is null)
        {
            row.Finished = _finished.AddLast(row);
            Bytes += BytesOf(spec);
        }
    }

    /// <summary>The row is gone.</summary>
    public void Remove(TableRow row)
    {
        if (_forgotten is not null)
        {
            _forgotten.Add(row);
            return;
        }

        Set(row, null);
    }

    /// <summary>The oldest, as far as they exceed the bound; they are not counted any more.</summary>
    public IReadOnlyList<TaskSpec> Take()
    {
        if (Bytes <= options.LineageBytes)
        {
            return [];
        }

        // Some more than need be, so that the next ones come together too.
        List<TaskSpec> taken = [];
        long bound = options.LineageBytes - (options.LineageBytes / 4);
        while (Bytes > bound && _finished.First is { } first)
        {
            taken.Add(first.Value.Spec!);
            Leave(first.Value);
        }

        return taken;
    }

    /// <summary>One that was taken lies elsewhere now; null: it could not be stored. A row that has another spec by now needs it no more.</summary>
    public void OnStored(TableRow? row, TaskSpec spec, StoredSpec? stored)
    {
        if (row is null || !ReferenceEquals(row.Spec, spec))
        {
            stored?.Release();
        }
        else if (stored is null)
        {
            Note(row);
        }
        else
        {
            Leave(row);
            row.Spec = null;
            row.Stored = stored;
            StoredCount++;
        }
    }

    private void Leave(TableRow row)
    {
        if (row.Finished is { } node)
        {
            _finished.Remove(node);
            row.Finished = null;
            Bytes -= BytesOf(row.Spec!);
        }
    }

    private void ReleaseStored(TableRow row)
    {
        if (row.Stored is { } stored)
        {
            row.Stored = null;
            StoredCount--;
            stored.Release();
        }
    }

    private static bool HasEnded(TableRow row)
    {
        foreach (TableObject item in row.Objects.Values)
        {
            if (item.Status == ObjectStatus.Pending)
            {
                return false;
            }
        }

        return row.Objects.Count > 0;
    }

    private static long BytesOf(TaskSpec spec) => SpecBytes + spec.Bytes;
}
