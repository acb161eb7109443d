namespace RayOrleans.Runtime.Processes;

/// <summary>What a process wants to have listed. Numbers are part of the form.</summary>
internal enum ProcessStateKind : byte
{
    Nodes = 0,
    Tasks = 1,
    Actors = 2,
    Objects = 3,
    Jobs = 4,
    PlacementGroups = 5,
}
