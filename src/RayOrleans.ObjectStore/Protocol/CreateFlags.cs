namespace RayOrleans.ObjectStore;

/// <summary>The detail byte of a create.</summary>
internal static class CreateFlags
{
    /// <summary>The client only copies into the object: its pages need not be its own, and it begins where its block does.</summary>
    public const byte CopiesOnly = 1;
}
