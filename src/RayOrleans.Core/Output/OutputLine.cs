namespace RayOrleans.Core;

/// <summary>A line that a worker process has written.</summary>
/// <param name="Node">Its node.</param>
/// <param name="ProcessId">The process.</param>
/// <param name="Function">The function whose code has written it; null: that is not known.</param>
/// <param name="IsError">Whether it was written to standard error.</param>
/// <param name="Text">The line.</param>
public readonly record struct OutputLine(NodeId Node, int ProcessId, string? Function, bool IsError, string Text);
