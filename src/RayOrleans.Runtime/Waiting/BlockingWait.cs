using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>Whose thread is about to block, and what the search for deadlocks may make of it.</summary>
/// <param name="Attempt">The attempt that gives its CPU back; null for a driver.</param>
/// <param name="MayThrow">Whether a wait that can never end is an error; otherwise it just lasts as long as it may.</param>
/// <param name="IsNoted">Whether the attempt does nothing else until all of it is there: others may conclude from it.</param>
/// <param name="HoldsTurn">Whether it blocks its actor's turn.</param>
internal readonly record struct BlockingWait(Attempt? Attempt, bool MayThrow, bool IsNoted, bool HoldsTurn);
