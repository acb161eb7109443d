namespace RayOrleans;

/// <summary>The listings of <see cref="IRayState"/> for code that is not asynchronous: they block until the cluster has answered.</summary>
public static class RayStateExtensions
{
    extension(IRayState state)
    {
        /// <summary>Lists nodes.</summary>
        /// <param name="filter">Which ones; null for all.</param>
        /// <param name="limit">At most how many; the list says how many there are.</param>
        public StateList<NodeInfo> Nodes(Func<NodeInfo, bool>? filter = null, int limit = IRayState.DefaultLimit) =>
            Blocking.Wait(state.NodesAsync(filter, limit));

        /// <summary>Lists attempts of tasks.</summary>
        /// <param name="filter">Which ones; null for all.</param>
        /// <param name="limit">At most how many; the list says how many there are.</param>
        public StateList<TaskInfo> Tasks(Func<TaskInfo, bool>? filter = null, int limit = IRayState.DefaultLimit) =>
            Blocking.Wait(state.TasksAsync(filter, limit));

        /// <summary>Lists actors.</summary>
        /// <param name="filter">Which ones; null for all.</param>
        /// <param name="limit">At most how many; the list says how many there are.</param>
        public StateList<ActorInfo> Actors(Func<ActorInfo, bool>? filter = null, int limit = IRayState.DefaultLimit) =>
            Blocking.Wait(state.ActorsAsync(filter, limit));

        /// <summary>Lists objects.</summary>
        /// <param name="filter">Which ones; null for all.</param>
        /// <param name="limit">At most how many; the list says how many there are.</param>
        public StateList<ObjectInfo> Objects(Func<ObjectInfo, bool>? filter = null, int limit = IRayState.DefaultLimit) =>
            Blocking.Wait(state.ObjectsAsync(filter, limit));

        /// <summary>Lists jobs.</summary>
        /// <param name="filter">Which ones; null for all.</param>
        /// <param name="limit">At most how many; the list says how many there are.</param>
        public StateList<JobInfo> Jobs(Func<JobInfo, bool>? filter = null, int limit = IRayState.DefaultLimit) =>
            Blocking.Wait(state.JobsAsync(filter, limit));

        /// <summary>Lists placement groups.</summary>
        /// <param name="filter">Which ones; null for all.</param>
        /// <param name="limit">At most how many; the list says how many there are.</param>
        public StateList<PlacementGroupInfo> PlacementGroups(Func<PlacementGroupInfo, bool>? filter = null, int limit = IRayState.DefaultLimit) =>
            Blocking.Wait(state.PlacementGroupsAsync(filter, limit));
    }
}
