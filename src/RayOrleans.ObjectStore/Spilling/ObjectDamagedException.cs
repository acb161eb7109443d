namespace RayOrleans.ObjectStore;

/// <summary>A spilled object's bytes cannot be read back as they were written. The object is lost.</summary>
public sealed class ObjectDamagedException : IOException
{
    internal ObjectDamagedException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
