namespace RayOrleans.Core;

/// <summary>An actor's instance that lives in another process of the node: what stands in its place here.</summary>
/// <param name="session">The process.</param>
/// <param name="actor">The actor.</param>
/// <param name="incarnation">Its incarnation.</param>
public sealed class ProcessInstance(NodeSession session, ActorId actor, int incarnation)
{
    /// <summary>The process where it lives.</summary>
    public NodeSession Session => session;

    /// <summary>The actor.</summary>
    public ActorId Actor => actor;

    /// <summary>The incarnation.</summary>
    public int Incarnation => incarnation;
}
