namespace RayOrleans;

/// <summary>A <see cref="RayQueue{T}"/> had no room within the time.</summary>
public sealed class RayQueueFullException : TimeoutException, IRayException
{
    /// <summary>Makes one.</summary>
    /// <param name="message">What was waited for, and how long.</param>
    public RayQueueFullException(string message)
        : base(message)
    {
    }
}
