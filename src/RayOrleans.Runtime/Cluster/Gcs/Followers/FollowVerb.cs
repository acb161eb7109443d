namespace RayOrleans.Runtime.Cluster.Gcs.Followers;

/// <summary>What is asked of the keeper of copies.</summary>
internal enum FollowVerb : byte
{
    /// <summary>Takes nothing of earlier epochs any more, and says which copy it has. Only a greater epoch than any before seals.</summary>
    Seal,

    /// <summary>Whether the epoch is the newest.</summary>
    Check,

    /// <summary>A part of a state that is a copy of its own once its last part is there.</summary>
    Replace,

    /// <summary>Goes on with the copy that it has.</summary>
    Continue,

    /// <summary>Records that follow.</summary>
    Append,

    /// <summary>Forgets copies of earlier epochs or generations.</summary>
    Drop,

    /// <summary>A piece of its copy.</summary>
    Read,
}
