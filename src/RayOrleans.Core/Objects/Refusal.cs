namespace RayOrleans.Core;

/// <summary>Why a value that is elsewhere does not come here. The object is none the worse for it: other nodes may read it.</summary>
/// <param name="Failure">What whoever waits is told.</param>
/// <param name="Bytes">The object's size.</param>
public sealed record Refusal(Failure Failure, long Bytes);
