namespace RayOrleans.Silo.Tests;

/// <summary>Tests that start an embedded node run one after the other: the static façade has one default per process.</summary>
[CollectionDefinition(nameof(EmbeddedNode), DisableParallelization = true)]
public sealed class EmbeddedNode;
