namespace RayOrleans.Grains;

/// <summary>In what the shards of the GCS are kept.</summary>
internal enum GcsBackEndKind
{
    /// <summary>In the memory of the silos they live on.</summary>
    Memory,

    /// <summary>In a folder of one machine.</summary>
    File,

    /// <summary>In a PostgreSQL database.</summary>
    Postgres,

    /// <summary>In a container of an Azure storage account.</summary>
    Azure,
}
