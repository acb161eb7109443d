using System.Runtime.CompilerServices;
using RayOrleans.Runtime.Cluster.Gcs;

namespace RayOrleans.Runtime.Tests.Cluster.Support;

/// <summary>A journal in memory that survives its shard, and that a test can hold up or break.</summary>
internal sealed class TestJournal : IShardJournal
{
    private long _epoch;

    public bool KeepsRecords => true;

    public List<byte[]> Records { get; } = [];

    /// <summary>The sizes of the appends.</summary>
    public List<int> Appends { get; } = [];

    public int Replaced { get; private set; }

    /// <summary>Whether it has lost what records could follow; a state ends that.</summary>
    public bool WantsState { get; set; }

    /// <summary>What the next appends wait for; null: nothing.</summary>
    public Task? Gate { get; set; }

    /// <summary>What happens between an append and its return; null: nothing.</summary>
    public Action? AfterAppend { get; set; }

    /// <summary>What the next appends throw; null: nothing.</summary>
    public Exception? Error { get; set; }

    public ValueTask<long> RaiseEpochAsync(long atLeast, CancellationToken cancellationToken) => new(_epoch = Math.Max(_epoch + 1, atLeast));

    public async IAsyncEnumerable<ReadOnlyMemory<byte>> ReadAsync(long epoch, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        await Task.CompletedTask;
        Check(epoch);
        foreach (byte[] record in Records.ToList())
        {
            yield return record;
        }
    }

    public async ValueTask AppendAsync(long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        if (Gate is { } gate)
        {
            await gate;
        }

        if (Error is { } error)
        {
            throw error;
        }

        Check(epoch);
        Records.AddRange(records.Select(r => r.ToArray()));
        Appends.Add(records.Count);
        AfterAppend?.Invoke();
    }

    public ValueTask ReplaceAsync(long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        Check(epoch);
        WantsState = false;
        Records.Clear();
        Records.AddRange(records.Select(r => r.ToArray()));
        Replaced++;
        return default;
    }

    private void Check(long epoch)
    {
        if (epoch != _epoch)
        {
            throw new StaleEpochException("Shard of a test", epoch, _epoch);
        }
    }
}
