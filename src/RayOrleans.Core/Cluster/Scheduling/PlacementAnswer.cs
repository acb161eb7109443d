namespace RayOrleans.Core;

/// <summary>Where a task should run.</summary>
/// <param name="Task">The task.</param>
/// <param name="Node">The node; none when no node could ever run it.</param>
/// <param name="Why">Why no node could.</param>
public sealed record PlacementAnswer(TaskId Task, NodeId Node, string? Why = null);
