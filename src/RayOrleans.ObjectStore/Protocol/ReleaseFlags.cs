namespace RayOrleans.ObjectStore;

/// <summary>The detail byte of a release.</summary>
internal static class ReleaseFlags
{
    /// <summary>The collector found the pins, so memory that is freed rests first.</summary>
    public const byte Finalized = 1;
}
