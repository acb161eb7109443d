namespace RayOrleans.ObjectStore;

/// <summary>The detail byte of a get.</summary>
internal static class GetFlags
{
    /// <summary>The object is wanted in the arena, however small it is.</summary>
    public const byte InPlace = 1;
}
