namespace RayOrleans.Runtime;

/// <summary>How close a node is to an actor that it lists; the closest knows best.</summary>
internal enum ActorSight : byte
{
    /// <summary>It lives there.</summary>
    Host = 0,

    /// <summary>It is managed from there.</summary>
    Manager = 1,

    /// <summary>There is a handle of it.</summary>
    Caller = 2,
}
