namespace RayOrleans.Grains;

/// <summary>The database that the cluster's membership is kept in cannot be reached, or refuses.</summary>
public sealed class ClusterDatabaseException : Exception
{
    internal ClusterDatabaseException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
