using System.Threading.Tasks.Sources;
using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Events;
using RayOrleans.Runtime.Cluster.Keys;

namespace RayOrleans.Runtime.Cluster.Gcs;

/// <summary>Something that changes a shard: kept in the journal, then applied, then answered.</summary>
internal sealed class ShardEntry(ShardRecordKind kind) : IValueTaskSource<byte[]>
{
    private ManualResetValueTaskSourceCore<byte[]> _source;

    /// <summary>What it is.</summary>
    public ShardRecordKind Kind => kind;

    /// <summary>When it is applied, in the shard's ticks; given by the log.</summary>
    public long Time { get; set; }

    /// <summary>The batch.</summary>
    public Batch? Batch { get; init; }

    /// <summary>The operation on the tables of keys and names.</summary>
    public KeyOperation? Operation { get; init; }

    /// <summary>What has happened on a node.</summary>
    public EventBatch? Events { get; init; }

    /// <summary>The node that joined or died.</summary>
    public NodeId Node { get; init; }

    /// <summary>Whether it joined.</summary>
    public bool IsAlive { get; init; }

    /// <summary>What it was sent as.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>About how much memory it takes while it waits, in bytes.</summary>
    public long Bytes => Body.Length + 256;

    /// <summary>What applying it gave.</summary>
    public byte[]? Answer { get; set; }

    /// <summary>Whether it must not be lost when the journal fails: nobody sends it again.</summary>
    public bool MustStay => kind == ShardRecordKind.Member;

    /// <summary>The answer, once it is kept and applied.</summary>
    public ValueTask<byte[]> Answered => new(this, _source.Version);

    public void Complete() => _source.SetResult(Answer!);

    public void Fail(Exception error) => _source.SetException(error);

    byte[] IValueTaskSource<byte[]>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<byte[]>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<byte[]>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);
}
