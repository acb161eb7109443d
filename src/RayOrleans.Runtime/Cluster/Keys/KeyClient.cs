using System.IO.Hashing;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace RayOrleans.Runtime.Cluster.Keys;

/// <summary>
/// Sends operations on keys and names to their shards, again until they are answered: a shard that moves is a delay, and a change that is sent again is
/// not made twice. Thread-safe.
/// </summary>
internal sealed class KeyClient(IClusterTransport transport, TimeProvider time)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);

    /// <summary>Short enough for a shard that moves: the caller waits for the move, and hardly longer.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(200);

    /// <summary>The shipped <see cref="Patience"/>; what a shard keeps for clients goes by it.</summary>
    public static readonly TimeSpan DefaultPatience = TimeSpan.FromMinutes(1);

    // Drawn at random and counted on, so no two clients ever give the same number.
    private readonly ulong _high = MemoryMarshal.Read<ulong>(RandomNumberGenerator.GetBytes(8));
    private long _count = MemoryMarshal.Read<long>(RandomNumberGenerator.GetBytes(8));

    /// <summary>For how long an operation is tried before the last failure is thrown.</summary>
    public TimeSpan Patience { get; init; } = DefaultPatience;

    /// <summary>Throws when whoever asks has stopped, so that nobody tries on for it.</summary>
    public Action? Check { get; init; }

    /// <summary>Over how many shards keys are spread.</summary>
    public int ShardCount => transport.ShardCount;

    /// <summary>The number of a change.</summary>
    public UInt128 NextId() => new(_high, (ulong)Interlocked.Increment(ref _count));

    /// <summary>The shard of a key or name; the same on every node.</summary>
    public int ShardOf(string @namespace, string key)
    {
        XxHash3 hash = new();
        hash.Append(MemoryMarshal.AsBytes(@namespace.AsSpan()));
        hash.Append([0, 0]);
        hash.Append(MemoryMarshal.AsBytes(key.AsSpan()));
        return (int)(hash.GetCurrentHashAsUInt64() % (ulong)transport.ShardCount);
    }

    /// <summary>The answer to an operation.</summary>
    public ValueTask<byte[]> SendAsync(KeyOperation operation, CancellationToken cancellationToken) =>
        SendAsync(ShardOf(operation.Namespace, operation.Key), operation, cancellationToken);

    /// <inheritdoc cref="SendAsync(KeyOperation, CancellationToken)"/>
    public ValueTask<byte[]> SendAsync(int shard, KeyOperation operation, CancellationToken cancellationToken) =>
        SendAsync(shard, KeyWire.EncodeOperation(operation), cancellationToken);

    /// <summary>The answer of a shard to any question, or to a change that may be sent again.</summary>
    public async ValueTask<byte[]> SendAsync(int shard, byte[] request, CancellationToken cancellationToken)
    {
        long start = time.GetTimestamp();
        TimeSpan pause = FirstPause;
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            Check?.Invoke();
            try
            {
                return await transport.CallShardAsync(shard, request).AsTask().WaitAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (Exception) when (!cancellationToken.IsCancellationRequested && time.GetElapsedTime(start) < Patience)
            {
                // Whatever it is, a cancellation too: an activation that ends as it begins can cancel what waits for it, which is not this caller's wish.
                await Task.Delay(pause, time, cancellationToken).ConfigureAwait(false);
                pause = pause * 1.5 < LongestPause ? pause * 1.5 : LongestPause;
            }
            catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"Shard {shard} has not answered within {Patience.TotalSeconds:0.###} s: its calls were cancelled there ({e.Message}).", e);
            }
        }
    }
}
