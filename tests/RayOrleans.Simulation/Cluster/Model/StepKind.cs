namespace RayOrleans.Core.Simulation.Cluster;

internal enum StepKind : byte
{
    Submit,
    Put,
    Get,

    /// <summary>Makes an actor; the local is its handle.</summary>
    Create,

    /// <summary>Calls the actor whose handle is the last of the locals used.</summary>
    Call,
}
