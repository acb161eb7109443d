using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Links;

/// <summary>Who owns links: a node's cluster machine under its gate, or a shard under its own. Both members take the lock themselves, shortly.</summary>
internal interface ILinkSource
{
    /// <summary>The next batch; null when one is in flight, when nothing waits, or when the link is closed.</summary>
    Batch? TakeBatch(Link link);

    /// <summary>What must end before the batch can be encoded; null, as nearly always: nothing. When it fails, it is asked for again after a pause.</summary>
    Task? Prepare(Batch batch) => null;

    /// <summary>The receiver has answered. Links that become ready by this are signalled to the drainer by the source.</summary>
    void OnAnswer(Link link, Batch batch, BatchAnswer answer);
}
