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

    /// <summary>Takes the next item of the stream whose head is the first of the locals used, or its end.</summary>
    Take,
}
