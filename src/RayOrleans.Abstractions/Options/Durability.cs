namespace RayOrleans;

/// <summary>How safe a put object is before it counts as put.</summary>
public enum Durability
{
    /// <summary>One copy, on the node that puts it.</summary>
    Default,

    /// <summary>A second node keeps a copy before it counts as put.</summary>
    Replicated,
}
