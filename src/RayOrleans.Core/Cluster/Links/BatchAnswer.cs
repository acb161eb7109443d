namespace RayOrleans.Core;

/// <summary>What the receiver says to a batch.</summary>
/// <param name="Kind">The verdict.</param>
/// <param name="Epoch">The receiver's epoch, for a shard.</param>
public readonly record struct BatchAnswer(BatchVerdict Kind, long Epoch = 0);
