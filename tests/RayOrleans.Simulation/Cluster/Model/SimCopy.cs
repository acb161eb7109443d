namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>A blob in the store of a node; its room must be given back exactly once.</summary>
internal sealed class SimCopy(SimNode node, SimBlob blob) : IOwnedValue
{
    public SimNode Node { get; } = node;

    public SimBlob Blob { get; } = blob;

    public bool IsDiscarded { get; set; }

    /// <summary>Whether it was made here, or is a copy that is never evicted.</summary>
    public bool IsKept { get; set; }

    public void Dispose() => throw new ViolationException($"a copy of {Blob.Id} was disposed of by the engine itself");
}
