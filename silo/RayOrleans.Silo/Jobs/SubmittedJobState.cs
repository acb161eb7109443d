namespace RayOrleans.Silo.Jobs;

/// <summary>How a submitted program is.</summary>
internal enum SubmittedJobState
{
    /// <summary>It waits for a node, or is being unpacked there.</summary>
    Pending,

    /// <summary>Its process runs.</summary>
    Running,

    /// <summary>It exited with 0.</summary>
    Succeeded,

    /// <summary>It exited with something else, could not be started, or its node is gone.</summary>
    Failed,

    /// <summary>It was stopped because somebody asked for that.</summary>
    Stopped,
}
