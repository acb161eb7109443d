using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime;

/// <summary>The store's errors in the words of the API.</summary>
internal static class StoreErrors
{
    /// <summary>The exception to throw instead; null: it is not one of the store's.</summary>
    public static Exception? Translate(Exception error, NodeServices node) => error switch
    {
        StoreFullException full => Full(full, node),
        ObjectDisposedException when node.Stopped is { } why => new NodeDiedException($"The object store is closed: {why}.", error) { NodeId = node.NodeId },
        _ => null,
    };

    private static ObjectStoreFullException Full(StoreFullException e, NodeServices node) =>
        new($"{e.Message} Let go of references that are no longer needed (Dispose, or let them be collected), or start the node with a larger ObjectStoreBytes.", e)
        {
            NodeId = node.NodeId,
            RequestedBytes = e.RequestedBytes,
            CapacityBytes = e.Totals.CapacityBytes,
            UsedBytes = e.Totals.UsedBytes,
            PinnedBytes = e.Totals.PinnedBytes,
        };
}
