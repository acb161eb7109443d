namespace RayOrleans.Core;

/// <summary>One end of a link: a node, or a shard of the GCS.</summary>
/// <param name="Node">The node; none for a shard.</param>
/// <param name="Shard">The shard's index; 0 for a node.</param>
public readonly record struct Party(NodeId Node, int Shard)
{
    /// <summary>Whether it is a shard.</summary>
    public bool IsShard => Node == NodeId.None;

    /// <summary>A node.</summary>
    public static Party Of(NodeId node) => new(node, 0);

    /// <summary>A shard.</summary>
    public static Party OfShard(int shard) => new(NodeId.None, shard);

    /// <inheritdoc/>
    public override string ToString() => IsShard ? $"shard {Shard}" : $"node {Node}";
}
