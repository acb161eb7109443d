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

    /// <summary>As <see cref="HandOff"/>, in a cluster of two: the other node is a process of its own.</summary>
    Pair,

    /// <summary>As <see cref="Pair"/>, with tasks placed without regard to where their inputs are.</summary>
    PairWithoutLocality,

    /// <summary>As <see cref="HandOff"/>, with worker processes.</summary>
    Workers,

    /// <summary>As <see cref="HandOff"/>, in a cluster of nine nodes in this process, each with a store and a data port of its own.</summary>
    Nine,
}
