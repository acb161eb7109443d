namespace RayOrleans.Runtime.Cluster.Nodes;

/// <summary>A call that came from another node: bytes until an attempt runs it here, or until it is sent on.</summary>
internal sealed class WireCall(byte[] bytes)
{
    public byte[] Bytes { get; } = bytes;
}
