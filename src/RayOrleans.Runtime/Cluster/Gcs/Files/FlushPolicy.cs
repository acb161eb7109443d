namespace RayOrleans.Runtime.Cluster.Gcs.Files;

/// <summary>When what was written is forced to the disk. A crash of processes loses nothing in any case; this is about the machine losing power.</summary>
internal enum FlushPolicy
{
    /// <summary>When the operating system likes.</summary>
    Never,

    /// <summary>Every <see cref="FileJournalOptions.FlushInterval"/>, when there is something.</summary>
    Interval,

    /// <summary>Before anything is acknowledged.</summary>
    Always,
}
