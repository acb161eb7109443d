namespace RayOrleans.Grains;

/// <summary>
/// A local scheduler was asked for by the address of a silo that is not in the cluster: it has stopped, was declared dead, or never was.
/// Final for that address; a node that starts again has another one.
/// </summary>
[GenerateSerializer]
[Alias("RayOrleans.NodeNotFoundException")]
public sealed class NodeNotFoundException : Exception, IRayException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Which silo, and what is known of it.</param>
    public NodeNotFoundException(string message)
        : base(message)
    {
    }
}
