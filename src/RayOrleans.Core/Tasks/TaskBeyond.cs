namespace RayOrleans.Core;

/// <summary>What is known of a task that leaves its node, or came from another.</summary>
internal sealed class TaskBeyond
{
    public NodeId Origin { get; set; }

    public NodeId RunsOn { get; set; }

    public int Hops { get; set; }

    public byte Spared { get; set; }

    public byte Suspected { get; set; }

    public ushort MemorySpared { get; set; }

    public byte MemoryAlone { get; set; }

    public long CallNumber { get; set; }

    public Dictionary<int, ObjectEntry>? Nested { get; set; }

    public HashSet<int>? Kept { get; set; }

    public ArgumentSet? Arguments { get; set; }
}
