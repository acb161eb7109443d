namespace RayOrleans.Grains;

/// <summary>The protocol between nodes; one version apart works both ways.</summary>
internal static class ClusterProtocol
{
    public const int Version = 1;

    public static bool Accepts(int other) => Math.Abs(other - Version) <= 1;
}
