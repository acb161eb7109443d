namespace RayOrleans.Grains;

/// <summary>The place that the shards of the GCS are kept in cannot be reached, or refuses.</summary>
public sealed class GcsStoreException : Exception
{
    internal GcsStoreException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }
}
