namespace RayOrleans.Runtime.Processes;

/// <summary>What the cluster is doing, as a process of a node sees it: through its node.</summary>
internal sealed class ProcessState(NodeServices node) : IRayState
{
    public async ValueTask<StateList<NodeInfo>> NodesAsync(Func<NodeInfo, bool>? filter = null, int limit = IRayState.DefaultLimit, CancellationToken cancellationToken = default) =>
        NodeState.Finish(ProcessListings.Nodes(node, await AskAsync(ProcessStateKind.Nodes, limit, cancellationToken).ConfigureAwait(false)), filter, limit, cancellationToken);

    public async ValueTask<StateList<TaskInfo>> TasksAsync(Func<TaskInfo, bool>? filter = null, int limit = IRayState.DefaultLimit, CancellationToken cancellationToken = default) =>
        NodeState.Finish(ProcessListings.Tasks(await AskAsync(ProcessStateKind.Tasks, limit, cancellationToken).ConfigureAwait(false)), filter, limit, cancellationToken);

    public async ValueTask<StateList<ActorInfo>> ActorsAsync(Func<ActorInfo, bool>? filter = null, int limit = IRayState.DefaultLimit, CancellationToken cancellationToken = default) =>
        NodeState.Finish(ProcessListings.Actors(await AskAsync(ProcessStateKind.Actors, limit, cancellationToken).ConfigureAwait(false)), filter, limit, cancellationToken);

    public async ValueTask<StateList<ObjectInfo>> ObjectsAsync(Func<ObjectInfo, bool>? filter = null, int limit = IRayState.DefaultLimit, CancellationToken cancellationToken = default) =>
        NodeState.Finish(ProcessListings.Objects(await AskAsync(ProcessStateKind.Objects, limit, cancellationToken).ConfigureAwait(false)), filter, limit, cancellationToken);

    public async ValueTask<StateList<JobInfo>> JobsAsync(Func<JobInfo, bool>? filter = null, int limit = IRayState.DefaultLimit, CancellationToken cancellationToken = default) =>
        NodeState.Finish(ProcessListings.Jobs(node, await AskAsync(ProcessStateKind.Jobs, limit, cancellationToken).ConfigureAwait(false)), filter, limit, cancellationToken);

    public async ValueTask<StateList<PlacementGroupInfo>> PlacementGroupsAsync(
        Func<PlacementGroupInfo, bool>? filter = null, int limit = IRayState.DefaultLimit, CancellationToken cancellationToken = default) =>
        NodeState.Finish(ProcessListings.Groups(await AskAsync(ProcessStateKind.PlacementGroups, limit, cancellationToken).ConfigureAwait(false)), filter, limit, cancellationToken);

    /// <summary>The living nodes, this process' own first.</summary>
    public IReadOnlyList<NodeInfo> Alive() => Blocking.Wait(NodesAsync(static n => n.IsAlive, int.MaxValue));

    private Task<byte[]> AskAsync(ProcessStateKind kind, int limit, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        return node.Link!.AskAsync(NodeRequest.State, new byte[] { (byte)kind }, cancellationToken);
    }
}
