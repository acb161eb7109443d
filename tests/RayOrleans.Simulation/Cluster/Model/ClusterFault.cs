namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>Why a run failed, attached to the failure and carried wherever it goes.</summary>
/// <param name="Body">The run.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Read">The failure it had read, if that was it.</param>
/// <param name="Subject">The object whose failure that was.</param>
internal sealed record ClusterFault(NodeBody Body, FaultKind Kind, Failure? Read = null, ObjectId Subject = default);
