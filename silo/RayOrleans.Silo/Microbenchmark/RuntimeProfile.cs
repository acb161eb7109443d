namespace RayOrleans.Silo.Microbenchmark;

/// <summary>How the node of a line is configured.</summary>
internal enum RuntimeProfile
{
    /// <summary>Functions run on another thread than the caller's.</summary>
    HandOff,

    /// <summary>A caller that blocks may run the awaited function itself.</summary>
    Inline,

    /// <summary>As <see cref="HandOff"/>, with an object store of 1 GB.</summary>
    SmallStore,

    /// <summary>A node in an Orleans silo of this process.</summary>
    Silo,
}
