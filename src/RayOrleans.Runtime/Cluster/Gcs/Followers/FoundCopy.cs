namespace RayOrleans.Runtime.Cluster.Gcs.Followers;

/// <summary>The greatest mark that was found, and who has it, the nearest first; <see cref="NodeId.None"/>: this silo.</summary>
internal sealed record FoundCopy(CopyMark Mark, List<(NodeId Keeper, int Count)> Keepers)
{
    public bool Has(NodeId node) => Keepers.Exists(k => k.Keeper == node);
}
