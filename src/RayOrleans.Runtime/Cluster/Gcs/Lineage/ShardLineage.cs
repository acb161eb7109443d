using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Gcs.Lineage;

/// <summary>Moves specs of finished tasks that exceed their share of a shard's memory to scratch files, while the shard answers. Called by one thread at a time.</summary>
/// <param name="options">How the shard is run.</param>
/// <param name="gate">The lock of its state.</param>
internal sealed class ShardLineage(ShardHostOptions options, Lock gate) : IDisposable
{
    /// <summary>How long files are left alone after one could not be written.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(5);

    private readonly SpecFiles _files = new(options.LineageFolder);
    private long _failedAt;

    /// <summary>Moves what there is to move.</summary>
    /// <param name="table">The shard's table.</param>
    /// <returns>Why nothing could be moved, which then stays in memory; null: nothing is wrong.</returns>
    public Exception? Flush(TableShard table)
    {
        if (_failedAt != 0 && options.Time.GetElapsedTime(_failedAt) < Rest)
        {
            return null;
        }

        IReadOnlyList<TaskSpec> specs;
        lock (gate)
        {
            specs = table.TakeFlushable();
        }

        if (specs.Count == 0)
        {
            return null;
        }

        IReadOnlyList<StoredSpec>? stored = null;
        Exception? failure = null;
        try
        {
            stored = _files.Store(specs);
            _failedAt = 0;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _failedAt = options.Time.GetTimestamp();
            failure = new IOException($"Shard {options.Index} cannot move the lineage of finished tasks to {options.LineageFolder}; it stays in memory: {e.Message}", e);
        }

        lock (gate)
        {
            for (int i = 0; i < specs.Count; i++)
            {
                table.OnStored(specs[i], stored?[i]);
            }
        }

        return failure;
    }

    public void Dispose() => _files.Dispose();
}
