namespace RayOrleans.Runtime.Drivers;

/// <summary>The versions of the form in which drivers and nodes talk.</summary>
internal static class DriverProtocol
{
    /// <summary>This program's version. A hello and its answer name theirs; what one side does not know of it is left out by the other, and unknown members are skipped.</summary>
    public const int Version = 2;

    /// <summary>Whether a side of another version is understood: one version apart, both ways.</summary>
    public static bool Accepts(int version) => Math.Abs(version - Version) <= 1;
}
