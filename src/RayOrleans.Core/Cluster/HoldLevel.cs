namespace RayOrleans.Core;

/// <summary>How much of an object a node wants kept. What is told to the object table is always the level, never a difference, so repeating it changes nothing.</summary>
public enum HoldLevel : byte
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The task that made it: something that is held was made from it and may have to be made again.</summary>
    Lineage,

    /// <summary>The value.</summary>
    Value,
}
