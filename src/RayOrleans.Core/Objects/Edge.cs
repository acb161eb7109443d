namespace RayOrleans.Core;

/// <summary>One entry in the list of those who wait for an object: a task that needs it, or a watcher.</summary>
/// <remarks>Linked both ways and from its task, so that cancelling one of many dependents takes constant time.</remarks>
/// <param name="target">A <see cref="TaskRecord"/> or a <see cref="Watcher"/>.</param>
/// <param name="entry">The object waited for.</param>
internal sealed class Edge(object target, ObjectEntry entry)
{
    public object Target { get; } = target;

    /// <summary>The object whose list it stands in; null once that has settled.</summary>
    public ObjectEntry? Entry { get; set; } = entry;

    public Edge? Previous { get; set; }

    public Edge? Next { get; set; }

    /// <summary>The next edge of the same task.</summary>
    public Edge? NextOfTask { get; set; }
}
