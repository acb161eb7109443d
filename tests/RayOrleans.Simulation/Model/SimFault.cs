namespace RayOrleans.Core.Simulation;

/// <summary>Why a body failed; failures that getters see must carry one whose report was the accepted end of its task.</summary>
internal sealed class SimFault(Body body, bool retriable, bool system)
{
    public Body Body { get; } = body;

    public bool Retriable { get; } = retriable;

    public bool System { get; } = system;

    public bool Final { get; set; }
}
