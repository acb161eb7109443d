namespace RayOrleans.Core;

/// <summary>One entry in the list of those who wait for an object: a task that needs it, or a watcher.</summary>
/// <param name="target">A <see cref="TaskRecord"/> or a <see cref="Watcher"/>.</param>
internal sealed class Edge(object target)
{
    public object Target { get; } = target;

    public Edge? Next { get; set; }
}
