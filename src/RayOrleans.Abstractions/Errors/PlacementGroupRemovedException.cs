namespace RayOrleans;

/// <summary>The placement group of the task, actor or call was removed.</summary>
public sealed class PlacementGroupRemovedException : RayException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, where, why, and what can be done.</param>
    /// <param name="innerException">The cause, if one is known.</param>
    public PlacementGroupRemovedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The group.</summary>
    public PlacementGroupId PlacementGroupId { get; init; }
}
