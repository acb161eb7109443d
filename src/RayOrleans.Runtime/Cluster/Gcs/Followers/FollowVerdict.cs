namespace RayOrleans.Runtime.Cluster.Gcs.Followers;

/// <summary>What the keeper of copies says.</summary>
internal enum FollowVerdict : byte
{
    /// <summary>Done.</summary>
    Done,

    /// <summary>There is a newer epoch.</summary>
    Stale,

    /// <summary>It has not the copy that this is about.</summary>
    Unknown,
}
