namespace RayOrleans.Runtime;

/// <summary>What a node is asked to list. Numbers are never given twice.</summary>
internal enum StateKind : byte
{
    Tasks = 1,
    Actors = 2,
    Objects = 3,
    PlacementGroups = 4,
}
