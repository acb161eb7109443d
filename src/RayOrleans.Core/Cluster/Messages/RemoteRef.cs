namespace RayOrleans.Core;

/// <summary>A reference on its way to another node: enough to make an entry for it there.</summary>
/// <param name="Id">The object.</param>
/// <param name="Owner">The node that keeps its record, as far as the sender knows.</param>
/// <param name="Job">Its job.</param>
/// <param name="Driver">The node of the job's driver.</param>
/// <param name="PartCount">How many parts the task's result has; 0 for one that is no tuple.</param>
/// <param name="Actor">The actor, when the reference stands for a handle.</param>
public sealed record RemoteRef(ObjectId Id, NodeId Owner, JobId Job, NodeId Driver, int PartCount = 0, RemoteActor? Actor = null);
