namespace RayOrleans.Runtime.Processes;

/// <summary>A placement group that a process wants.</summary>
internal sealed record GroupQuestion(BundleTerms[] Bundles, PlacementStrategy Strategy, string? Name);
