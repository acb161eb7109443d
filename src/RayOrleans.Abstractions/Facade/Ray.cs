namespace RayOrleans;

/// <summary>
/// The static façade over the ambient runtime: inside a task or an actor's method the node that runs it, else the runtime of the
/// async flow (<see cref="Use"/>), else the one that <c>InitAsync</c> started in this process. Thread-safe.
/// With no runtime its members throw <see cref="RayNotInitializedException"/>; with several started and none chosen, <see cref="InvalidOperationException"/>.
/// </summary>
public static partial class Ray
{
    /// <summary>Whether the members of this class have a runtime to go to here.</summary>
    public static bool IsInitialized => RayAmbient.IsAvailable;

    /// <summary>Where the caller stands: job, task, actor, node.</summary>
    public static RayContext Context => RayAmbient.Required.Context;

    /// <summary>What the cluster is doing: lists of nodes, tasks, actors, objects, jobs and placement groups.</summary>
    public static IRayState State => RayAmbient.Required.State;

    /// <summary>A small cluster-wide key-value table.</summary>
    public static IRayKeyValue Kv => RayAmbient.Required.Kv;

    /// <summary>Makes a runtime the one that this class means in this async flow, until the scope is disposed.</summary>
    /// <param name="ray">The runtime.</param>
    /// <returns>The scope; dispose it in the flow that opened it.</returns>
    public static RayScope Use(IRay ray)
    {
        ArgumentNullException.ThrowIfNull(ray);
        return new RayScope(ray);
    }

    /// <summary>What all nodes have, by resource name.</summary>
    public static IReadOnlyDictionary<string, double> ClusterResources() => RayAmbient.Required.ClusterResources();

    /// <summary>What is free now, by resource name.</summary>
    public static IReadOnlyDictionary<string, double> AvailableResources() => RayAmbient.Required.AvailableResources();

    /// <summary>The nodes.</summary>
    public static IReadOnlyList<NodeInfo> Nodes() => RayAmbient.Required.Nodes();

    /// <summary>Reserves resources as a group of bundles. The group is returned at once; <see cref="PlacementGroup.ReadyAsync"/> waits for the reservation.</summary>
    /// <param name="bundles">What to reserve together; not empty.</param>
    /// <param name="strategy">How to lay the bundles out over the nodes.</param>
    /// <param name="name">A name for listings.</param>
    /// <param name="cancellationToken">Ends the waiting for the registration.</param>
    /// <exception cref="ArgumentException">There are no bundles.</exception>
    public static ValueTask<PlacementGroup> PlacementGroupAsync(
        IReadOnlyList<Bundle> bundles, PlacementStrategy strategy = PlacementStrategy.Pack, string? name = null, CancellationToken cancellationToken = default) =>
        RayAmbient.Required.PlacementGroupAsync(bundles, strategy, name, cancellationToken);
}
