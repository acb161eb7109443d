using Orleans.Concurrency;
using Orleans.Services;

namespace RayOrleans.Grains;

/// <summary>
/// One node's door for the other silos: there is one per silo, addressed by the silo. Calls are short and answered from memory; a batch that
/// was not answered is sent again by the links above, so every call has a short response timeout.
/// </summary>
[Alias("RayOrleans.INodeService")]
public interface INodeService : IGrainService
{
    /// <summary>What the node is, for the member that the others then announce to their parties.</summary>
    [Alias("Hello")]
    [ResponseTimeout("00:00:02")]
    ValueTask<NodeHello> Hello();

    /// <summary>Delivers a batch to the node and returns the answer that the sender's link expects.</summary>
    /// <param name="batch">The batch; not to be changed any more.</param>
    [Alias("Deliver")]
    [ResponseTimeout("00:00:02")]
    ValueTask<Immutable<byte[]>> Deliver(Immutable<byte[]> batch);

    /// <summary>A heartbeat: answers with the version of the membership that this silo has seen.</summary>
    [Alias("Beat")]
    [ResponseTimeout("00:00:02")]
    ValueTask<long> Beat();

    /// <summary>A shard leaves its silo in good order: its next activation, wherever it is, must have a greater epoch than this.</summary>
    /// <param name="shard">Which shard.</param>
    /// <param name="epoch">The epoch it had.</param>
    [Alias("NoteEpoch")]
    [ResponseTimeout("00:00:02")]
    ValueTask NoteEpoch(int shard, long epoch);

    /// <summary>About the copy of a shard in memory that this silo keeps for another one.</summary>
    /// <param name="request">The request, or a part of it; not to be changed any more.</param>
    [Alias("Follow")]
    [ResponseTimeout("00:00:02")]
    ValueTask<Immutable<byte[]>> Follow(Immutable<byte[]> request);
}
