namespace RayOrleans.Grains;

/// <summary>The cluster that was to be joined cannot be: no node answers at the address, or it speaks another protocol.</summary>
public sealed class RayClusterUnreachableException : RayException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Which address, and what is wrong.</param>
    public RayClusterUnreachableException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">Which address, and what is wrong.</param>
    /// <param name="innerException">What it follows from.</param>
    public RayClusterUnreachableException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
