namespace RayOrleans.Core;

/// <summary>How safe an object is to be, or is.</summary>
public enum Replication : byte
{
    /// <summary>One copy will do.</summary>
    None,

    /// <summary>Two nodes are to keep a copy each.</summary>
    Wanted,

    /// <summary>Said by a node: its copy stays until the table says otherwise. Said by the table: two nodes keep a copy each.</summary>
    Kept,
}
