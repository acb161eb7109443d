using Orleans.Concurrency;

namespace RayOrleans.Grains;

/// <summary>A shard of the global control state; its key is the shard's index. It lives on one silo and comes back on another when that one dies.</summary>
[Alias("RayOrleans.IGcsShardGrain")]
public interface IGcsShardGrain : IGrainWithIntegerKey
{
    /// <summary>Delivers a batch to the shard and returns the answer that the sender's link expects.</summary>
    /// <param name="batch">The batch; not to be changed any more.</param>
    [Alias("Deliver")]
    [ResponseTimeout("00:00:03")]
    ValueTask<Immutable<byte[]>> Deliver(Immutable<byte[]> batch);

    /// <summary>Where the shard lives and for how long, for people and tests.</summary>
    [Alias("GetStatus")]
    [ResponseTimeout("00:00:05")]
    ValueTask<PartyStatus> GetStatus();

    /// <summary>Has the shard read what earlier activations have left, unless it has, and returns where it lives: from then on it needs no silo that it came from.</summary>
    [Alias("Start")]
    [ResponseTimeout("00:00:10")]
    ValueTask<PartyStatus> Start();
}
