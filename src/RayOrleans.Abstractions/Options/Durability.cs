namespace RayOrleans;

/// <summary>How safe a put object is before it counts as put.</summary>
public enum Durability
{
    /// <summary>One copy, on the node that puts it.</summary>
    Default,

    /// <summary>A second node keeps a copy before it counts as put. Not there yet: on several nodes it throws <see cref="NotSupportedException"/>, and a node that is alone has nobody to keep one.</summary>
    Replicated,
}
