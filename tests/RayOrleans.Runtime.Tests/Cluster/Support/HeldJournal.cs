using RayOrleans.Runtime.Cluster.Gcs;

namespace RayOrleans.Runtime.Tests.Cluster.Support;

/// <summary>A storage that keeps nothing for a while: it hangs, or it fails. All shards of a cluster may share it. Thread-safe.</summary>
internal sealed class HeldJournal : IShardJournal
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _held;
    private int _failures;

    public bool KeepsRecords => false;

    public bool WantsState => false;

    /// <summary>What every append throws; null: nothing.</summary>
    public Exception? Error { get; set; }

    /// <summary>Appends that threw.</summary>
    public int Failures => Volatile.Read(ref _failures);

    /// <summary>Every append waits from now on.</summary>
    public void Hold()
    {
        lock (_lock)
        {
            _held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>All that wait go on, and so do those that come.</summary>
    public void LetGo()
    {
        lock (_lock)
        {
            _held?.TrySetResult();
            _held = null;
        }
    }

    public ValueTask<long> RaiseEpochAsync(long atLeast, CancellationToken cancellationToken) => new(atLeast);

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(long epoch, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        yield break;
    }

    public async ValueTask AppendAsync(long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        Task? held;
        lock (_lock)
        {
            held = _held?.Task;
        }

        if (held is not null)
        {
            await held;
        }

        if (Error is { } error)
        {
            Interlocked.Increment(ref _failures);
            throw error;
        }
    }

    public ValueTask ReplaceAsync(long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records) => default;
}
