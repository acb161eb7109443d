namespace RayOrleans.Runtime.Wire;

/// <summary>What stands in the place of an argument.</summary>
internal enum ArgumentTag : byte
{
    /// <summary>Null, the default value, or what the runtime supplies.</summary>
    Default = 0,

    /// <summary>The actor itself.</summary>
    Actor = 1,

    /// <summary>The next of the task's dependencies.</summary>
    Reference = 2,

    /// <summary>A packed copy: the number of objects it refers to, and its bytes.</summary>
    Packed = 3,

    /// <summary>A value that cannot change.</summary>
    Value = 4,
}
