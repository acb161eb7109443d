namespace RayOrleans;

/// <summary>How a job is.</summary>
public enum JobStatus
{
    /// <summary>Nodes have met work of it, and its driver has not told the job table of it yet.</summary>
    Unknown,

    /// <summary>Its driver is there.</summary>
    Running,

    /// <summary>Its driver ended it in good order.</summary>
    Succeeded,

    /// <summary>The node of its driver died.</summary>
    Failed,

    /// <summary>It was ended by something other than its driver: its node was stopped.</summary>
    Stopped,
}
