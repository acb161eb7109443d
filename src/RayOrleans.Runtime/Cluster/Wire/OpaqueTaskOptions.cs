using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>Options with what a runtime added to them, as bytes.</summary>
internal sealed record OpaqueTaskOptions : TaskOptions
{
    public OpaqueTaskOptions(TaskOptions plain, byte[] added)
        : base(plain)
    {
        Added = added;
    }

    public byte[] Added { get; }
}
