namespace RayOrleans;

/// <summary>A <see cref="RayQueue{T}"/> had nothing to give within the time.</summary>
public sealed class RayQueueEmptyException : TimeoutException, IRayException
{
    /// <summary>Makes one.</summary>
    /// <param name="message">What was waited for, and how long.</param>
    public RayQueueEmptyException(string message)
        : base(message)
    {
    }
}
