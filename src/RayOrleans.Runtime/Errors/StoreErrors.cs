using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime;

/// <summary>The store's errors in the words of the API.</summary>
internal static class StoreErrors
{
    public static ObjectStoreFullException Full(StoreFullException e) =>
        new($"{e.Message} Let go of references that are no longer needed (Dispose, or let them be collected), or start the node with a larger ObjectStoreBytes.", e);
}
