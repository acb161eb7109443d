namespace RayOrleans;

/// <summary>
/// The node that <see cref="RayOrleansHostingExtensions.AddRayOrleansNode"/> runs in this host, for health checks and for what shows the
/// node to the rest of a cluster. Thread-safe. Members throw <see cref="RayNotInitializedException"/> until the host has started.
/// </summary>
public interface ILocalNode
{
    /// <summary>The node's id; a node that starts again has another.</summary>
    NodeId NodeId { get; }

    /// <summary>What the node is doing now. Cheap: counters under the engine's short lock, no listing.</summary>
    LocalNodeStatus GetStatus();

    /// <summary>
    /// What the node keeps for jobs, amounts by name: objects, tasks, actors, taken resources, bytes of its store. Empty once all jobs have ended
    /// and nobody refers to their objects; for looking for leaks.
    /// </summary>
    /// <param name="collectGarbage">Whether the process collects its garbage first: references that are garbage hold objects until then.</param>
    IReadOnlyDictionary<string, double> GetHoldings(bool collectGarbage = false);
}
