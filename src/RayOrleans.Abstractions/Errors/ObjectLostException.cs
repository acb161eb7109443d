namespace RayOrleans;

/// <summary>Every copy of the object is gone, or it was freed, and it cannot be rebuilt.</summary>
public class ObjectLostException : RayException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, where, why, and what can be done.</param>
    /// <param name="innerException">The cause, if one is known.</param>
    public ObjectLostException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The object.</summary>
    public ObjectId ObjectId { get; init; }

    /// <summary>Why it is gone.</summary>
    public string Reason { get; init; } = "";
}
