namespace RayOrleans.Runtime.Cluster.Events;

/// <summary>The events of one job or node, the oldest first.</summary>
internal sealed class EventStream
{
    public Queue<LinkedListNode<EventItem>> Items { get; } = new();

    /// <summary>How many were dropped.</summary>
    public long Dropped { get; set; }
}
