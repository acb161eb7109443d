namespace RayOrleans.Runtime.Cluster.InProcess;

/// <summary>A party, and whether it is still there.</summary>
internal sealed class InProcessParty(string name, IClusterParty party)
{
    private volatile bool _isRemoved;

    public IClusterParty Party => party;

    public void Remove() => _isRemoved = true;

    public void CheckAlive()
    {
        if (_isRemoved)
        {
            throw new NodeUnreachableException($"{name} was removed.");
        }
    }
}
