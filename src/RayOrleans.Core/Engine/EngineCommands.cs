namespace RayOrleans.Core;

/// <summary>What the cluster's part of a node has the engine do.</summary>
/// <param name="Pump">Carries on with what has become possible.</param>
/// <param name="EndJob">Ends a job of another node's driver, for a reason.</param>
/// <param name="Free">Frees an object of this node's.</param>
internal sealed record EngineCommands(Action Pump, Action<JobRecord, string> EndJob, Action<ObjectEntry> Free);
