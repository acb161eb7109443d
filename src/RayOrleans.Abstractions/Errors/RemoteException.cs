namespace RayOrleans;

/// <summary>
/// Stands for an exception of another process whose type cannot be loaded here, or which cannot be serialised: its message, and its type and stack as text.
/// </summary>
public sealed class RemoteException : RayException
{
    /// <summary>Makes the stand-in.</summary>
    /// <param name="message">The original message.</param>
    /// <param name="innerException">The cause, if one is known.</param>
    public RemoteException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The full name of the original type.</summary>
    public string OriginalTypeName { get; init; } = "";

    /// <summary>The stack trace on the side that threw, with those of inner exceptions.</summary>
    public string? RemoteStackTrace { get; init; }

    /// <summary>The original type, the message, and both stacks.</summary>
    public override string ToString() =>
        $"{OriginalTypeName}: {base.ToString()}{(RemoteStackTrace is null ? "" : $"{Environment.NewLine}--- Remote stack ---{Environment.NewLine}{RemoteStackTrace}")}";
}
