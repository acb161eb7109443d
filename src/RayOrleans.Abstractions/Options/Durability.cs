namespace RayOrleans;

/// <summary>How safe a put object is before it counts as put.</summary>
public enum Durability
{
    /// <summary>One copy, on the node that puts it.</summary>
    Default,

    /// <summary>
    /// Two nodes keep a copy each before it counts as put; when one of them dies, another takes its place. So the object outlives the node that put it, and any
    /// other, as long as the second does not die before that. Costs the time and the memory of the second copy, also for small values, which lie in the stores then
    /// too. A node that is alone keeps the one copy; of a cluster that has one node only, the next to join gets the second. Where no other node
    /// has room within <see cref="RayOptions.ObjectStoreFullTimeout"/> and a minute, the put fails with <see cref="ObjectStoreFullException"/>.
    /// </summary>
    Replicated,
}
