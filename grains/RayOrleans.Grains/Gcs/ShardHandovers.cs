using System.Collections.Concurrent;
using Orleans.Concurrency;
using Orleans.Runtime;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Grains;

/// <summary>
/// What shards know that move to this silo, or away from it, between two activations. It is sent before the grain moves, and kept by both silos for a while:
/// whichever of them has the next activation goes on with it. What nobody has taken by then is out of date. Thread-safe.
/// </summary>
internal sealed class ShardHandovers(IClusterNode node, NodeServiceClient nodes, ShardEpochs epochs, TimeProvider time)
{
    /// <summary>How long a state waits for the activation that goes on with it: longer than a move takes.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<int, Handover> _kept = new();
    private readonly ConcurrentDictionary<int, Handover> _arriving = new();
    private readonly PartJoiner _joiner = new(time);
    private readonly RequestParts _parts = new(() => node.NodeId);

    /// <summary>Only one shard leaves a silo at a time.</summary>
    public SemaphoreSlim Leaving { get; } = new(1);

    /// <summary>Keeps what a shard knew when its activation with that epoch ended.</summary>
    public void Keep(int shard, long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records) => Keep(shard, new Handover(epoch, [.. records], time.GetTimestamp()));

    /// <summary>What the next activation of a shard goes on with; null: nothing was handed over lately.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="last">The last epoch that it has had, as far as this silo knows: what an earlier one knew is out of date.</param>
    public IReadOnlyList<ReadOnlyMemory<byte>>? Take(int shard, long last) =>
        _kept.TryRemove(shard, out Handover? handover) && time.GetElapsedTime(handover.At) < KeptFor && handover.Epoch >= last ? handover.Records : null;

    /// <summary>Sends a shard's state to the silo it will live on.</summary>
    public async Task SendAsync(SiloAddress to, int shard, long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records)
    {
        INodeService service = nodes.For(to);
        foreach (byte[] request in HandoverWire.Encode(shard, epoch, records))
        {
            byte[] answer = await _parts.CallAsync(service, request, static async (s, bytes) => (await s.TakeShard(bytes.AsImmutable()).ConfigureAwait(false)).Value).ConfigureAwait(false);
            if (answer is not [1])
            {
                throw new OrleansException($"Silo {to} does not take shard {shard}.");
            }
        }
    }

    /// <summary>Tells a silo of an epoch that a shard has had.</summary>
    public async Task NoteAsync(SiloAddress silo, int shard, long epoch) => await nodes.For(silo).NoteEpoch(shard, epoch).ConfigureAwait(false);

    /// <summary>Another silo sends a shard's state, or a part of it.</summary>
    public ValueTask<byte[]> TakeAsync(ReadOnlyMemory<byte> state) => _joiner.TakeAsync(Arrive, state);

    private ValueTask<byte[]> Arrive(ReadOnlyMemory<byte> request)
    {
        (int shard, long epoch, int number, bool isLast, List<ReadOnlyMemory<byte>> records) = HandoverWire.Decode(request);
        Handover handover = number == 0 ? new Handover(epoch, [], time.GetTimestamp()) : _arriving.GetValueOrDefault(shard) ?? new Handover(-1, [], 0);
        if (handover.Epoch != epoch || handover.Next != number)
        {
            // A sender that gave up and began anew, or what is left of one.
            return new([0]);
        }

        handover.Records.AddRange(records);
        handover.Next++;
        _arriving[shard] = handover;
        if (isLast)
        {
            _arriving.TryRemove(shard, out _);
            epochs.Note(shard, epoch);
            Keep(shard, handover with { At = time.GetTimestamp() });
        }

        return new([1]);
    }

    private void Keep(int shard, Handover handover)
    {
        _kept[shard] = handover;
        _ = ForgetAsync(shard, handover);
    }

    private async Task ForgetAsync(int shard, Handover handover)
    {
        await Task.Delay(KeptFor, time).ConfigureAwait(false);
        _kept.TryRemove(KeyValuePair.Create(shard, handover));
    }

    private sealed record Handover(long Epoch, List<ReadOnlyMemory<byte>> Records, long At)
    {
        /// <summary>The number of the request that must come next.</summary>
        public int Next { get; set; }
    }
}
