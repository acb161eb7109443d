namespace RayOrleans;

/// <summary>
/// What the cluster is doing. Every listing is a snapshot put together from all nodes, newest first where there is an order;
/// the filter runs here, over at most 10,000 records. Thread-safe. <see cref="RayStateExtensions"/> has the blocking forms.
/// </summary>
public interface IRayState
{
    /// <summary>How many records a listing returns unless told otherwise.</summary>
    const int DefaultLimit = 100;

    /// <summary>Lists nodes.</summary>
    /// <param name="filter">Which ones; null for all.</param>
    /// <param name="limit">At most how many; the list says how many there are.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    ValueTask<StateList<NodeInfo>> NodesAsync(Func<NodeInfo, bool>? filter = null, int limit = DefaultLimit, CancellationToken cancellationToken = default);

    /// <summary>Lists attempts of tasks.</summary>
    /// <param name="filter">Which ones; null for all.</param>
    /// <param name="limit">At most how many; the list says how many there are.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    ValueTask<StateList<TaskInfo>> TasksAsync(Func<TaskInfo, bool>? filter = null, int limit = DefaultLimit, CancellationToken cancellationToken = default);

    /// <summary>Lists actors.</summary>
    /// <param name="filter">Which ones; null for all.</param>
    /// <param name="limit">At most how many; the list says how many there are.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    ValueTask<StateList<ActorInfo>> ActorsAsync(Func<ActorInfo, bool>? filter = null, int limit = DefaultLimit, CancellationToken cancellationToken = default);

    /// <summary>Lists objects.</summary>
    /// <param name="filter">Which ones; null for all.</param>
    /// <param name="limit">At most how many; the list says how many there are.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    ValueTask<StateList<ObjectInfo>> ObjectsAsync(Func<ObjectInfo, bool>? filter = null, int limit = DefaultLimit, CancellationToken cancellationToken = default);

    /// <summary>Lists jobs.</summary>
    /// <param name="filter">Which ones; null for all.</param>
    /// <param name="limit">At most how many; the list says how many there are.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    ValueTask<StateList<JobInfo>> JobsAsync(Func<JobInfo, bool>? filter = null, int limit = DefaultLimit, CancellationToken cancellationToken = default);

    /// <summary>Lists placement groups.</summary>
    /// <param name="filter">Which ones; null for all.</param>
    /// <param name="limit">At most how many; the list says how many there are.</param>
    /// <param name="cancellationToken">Ends the waiting.</param>
    ValueTask<StateList<PlacementGroupInfo>> PlacementGroupsAsync(Func<PlacementGroupInfo, bool>? filter = null, int limit = DefaultLimit, CancellationToken cancellationToken = default);

    /// <summary>
    /// The steps that this node took for tasks and objects that cross nodes, oldest first; bounded, and thinned at high rates. Inside a task: those of the node
    /// that runs it. Empty on a node that is alone.
    /// </summary>
    IReadOnlyList<FlowEvent> Flow() => [];
}
