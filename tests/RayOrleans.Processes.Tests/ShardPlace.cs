using System.Globalization;

namespace RayOrleans.Processes.Tests;

/// <summary>Where a shard lives.</summary>
internal sealed record ShardPlace(int Index, string NodeId, long Epoch)
{
    public static ShardPlace[] Parse(string text) =>
        [.. text.Split(' ').Select(t => t.Split(':')).Select(t => new ShardPlace(int.Parse(t[0], CultureInfo.InvariantCulture), t[1], long.Parse(t[2], CultureInfo.InvariantCulture)))];
}
