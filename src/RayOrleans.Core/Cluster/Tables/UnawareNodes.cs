namespace RayOrleans.Core;

/// <summary>Who has not said yet that it knows of a node's death.</summary>
/// <param name="Dead">The dead node.</param>
/// <param name="Nodes">Those that have not.</param>
public sealed record UnawareNodes(NodeId Dead, IReadOnlyList<NodeId> Nodes);
