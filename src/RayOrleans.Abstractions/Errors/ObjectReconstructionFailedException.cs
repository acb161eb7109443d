namespace RayOrleans;

/// <summary>Every copy of the object is gone and rebuilding it from its lineage failed; the message says why.</summary>
public sealed class ObjectReconstructionFailedException : ObjectLostException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, where, why, and what can be done.</param>
    /// <param name="innerException">The cause, if one is known.</param>
    public ObjectReconstructionFailedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>How many attempts were made.</summary>
    public int Attempts { get; init; }
}
