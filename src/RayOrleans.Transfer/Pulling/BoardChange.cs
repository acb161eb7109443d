namespace RayOrleans.Transfer;

/// <summary>What a command to the <see cref="PullBoard"/> asks its caller to do, outside the lock.</summary>
internal sealed class BoardChange
{
    /// <summary>Ask how long these are.</summary>
    public List<PullJob> ToMeasure { get; } = [];

    /// <summary>Pull these.</summary>
    public List<PullJob> ToStart { get; } = [];

    /// <summary>Nobody wants these any more.</summary>
    public List<PullJob> ToCancel { get; } = [];

    /// <summary>Tell these callers.</summary>
    public List<PullGroup> ToFinish { get; } = [];
}
