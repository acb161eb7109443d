namespace RayOrleans.Runtime.Cluster;

/// <summary>Stands where nobody takes batches: refuses them, and is told about members for nothing.</summary>
internal sealed class SilentParty : IClusterParty
{
    public static readonly SilentParty Instance = new();

    public ValueTask<byte[]> OnBatchAsync(ReadOnlyMemory<byte> batch) =>
        ValueTask.FromException<byte[]>(new NodeUnreachableException("This node takes no batches: it was started without a cluster."));

    public void OnMemberChanged(in MemberChange change)
    {
    }

    public void Tick()
    {
    }
}
