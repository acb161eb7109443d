using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Gcs;

/// <summary>What a shard takes. Checked before anything is kept: what is in the journal must be applicable for ever.</summary>
internal static class ShardMessages
{
    /// <exception cref="CorruptBatchException">The batch is not one that a node sends to a shard.</exception>
    public static void Check(Batch batch, int index)
    {
        if (batch.From.IsShard || batch.To != Party.OfShard(index))
        {
            throw new CorruptBatchException($"Shard {index} was given a batch from {batch.From} to {batch.To}.");
        }

        foreach (Message message in batch.Messages)
        {
            if (message is not (PublishMessage or HoldMessage or ObjectMessage or UnlocatedMessage or SubscribeMessage or ActorMessage or WishMessage or OrphanMessage
                or DisownMessage or JobMessage or RepublishedMessage or DeathMessage or FindMessage { Ref.Id.Index: 0 }))
            {
                throw new CorruptBatchException($"A shard does not take {message.GetType().Name}.");
            }
        }
    }
}
