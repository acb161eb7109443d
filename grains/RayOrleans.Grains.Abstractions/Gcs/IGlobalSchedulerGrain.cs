using Orleans.Concurrency;

namespace RayOrleans.Grains;

/// <summary>A replica of the global scheduler; its key is the replica's index.</summary>
[Alias("RayOrleans.IGlobalSchedulerGrain")]
public interface IGlobalSchedulerGrain : IGrainWithIntegerKey
{
    /// <summary>Delivers a batch to the replica and returns the answer that the sender's link expects.</summary>
    /// <param name="batch">The batch; not to be changed any more.</param>
    [Alias("Deliver")]
    [ResponseTimeout("00:00:03")]
    ValueTask<Immutable<byte[]>> Deliver(Immutable<byte[]> batch);

    /// <summary>Chooses a node for an actor that the local scheduler of its creator did not keep.</summary>
    /// <param name="actor">The actor's key.</param>
    /// <param name="request">What it needs, as its creator's node wrote it.</param>
    /// <returns>The node; none when no node takes it now.</returns>
    /// <exception cref="ActorPlacementRefusedException">No node ever takes it.</exception>
    [Alias("PlaceActor")]
    [ResponseTimeout("00:00:03")]
    ValueTask<NodeId> PlaceActor(string actor, Immutable<byte[]> request);

    /// <summary>Where the replica lives and for how long, for people and tests.</summary>
    [Alias("GetStatus")]
    [ResponseTimeout("00:00:05")]
    ValueTask<PartyStatus> GetStatus();
}
