namespace RayOrleans.Grains;

/// <summary>Where the silos of a cluster keep who is in it.</summary>
public enum ClusterProvider
{
    /// <summary>In the memory of the first silo, which must therefore stay for as long as the cluster does. Needs nothing else.</summary>
    Development,

    /// <summary>In a PostgreSQL database: any silo may go.</summary>
    AdoNet,
}
