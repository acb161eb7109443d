using RayOrleans.Serialization;

namespace RayOrleans.Runtime.Wire;

/// <summary>
/// An exception that came from another node, or is on its way: as serialised bytes where it can be serialised, and always as text, so that every node can say
/// what happened without the code of its class.
/// </summary>
/// <param name="TypeName">The full name of its class.</param>
/// <param name="Message">Its message.</param>
/// <param name="Stack">Its stack trace, with those of inner exceptions.</param>
/// <param name="Bytes">The exception itself; null where it cannot be serialised, or only at a size that no message should have.</param>
internal sealed record PackedCause(string TypeName, string Message, string? Stack, byte[]? Bytes)
{
    private const int MaxText = 16 * 1024;
    private const int MaxBytes = 32 * 1024;

    /// <summary>Packs an exception. Never throws for what the exception is.</summary>
    public static PackedCause Of(Exception exception, ValueSerializer serializer)
    {
        string message = Cut(ExceptionText.MessageOf(exception));
        return exception is RemoteException stand
            ? new PackedCause(stand.OriginalTypeName, message, stand.RemoteStackTrace, null)
            : new PackedCause(Cut(exception.GetType().FullName ?? exception.GetType().Name), message, Cut(StackOf(exception)), BytesOf(exception, serializer));
    }

    /// <summary>An exception of its own: the original one where its code is here, else a stand-in.</summary>
    public Exception Unpack(ValueSerializer serializer)
    {
        if (Bytes is not null)
        {
            try
            {
                if (serializer.Deserialize<Exception?>(new ArraySource(Bytes), null) is { } exception)
                {
                    return exception;
                }
            }
            catch (RaySerializationException)
            {
                // Its class is not here, or is of another build: the text below says what it was.
                return StandIn();
            }
        }

        return StandIn();
    }

    private RemoteException StandIn() => new(Message) { OriginalTypeName = TypeName, RemoteStackTrace = Stack };

    private static byte[]? BytesOf(Exception exception, ValueSerializer serializer)
    {
        try
        {
            byte[] bytes = serializer.SerializeToArray<Exception>(exception, null);
            return bytes.Length <= MaxBytes ? bytes : null;
        }
        catch (Exception e) when (e is InsufficientMemoryException or not OutOfMemoryException)
        {
            // A part that must travel cannot, or the user's code for it fails; the text goes alone.
            return null;
        }
    }

    private static string StackOf(Exception exception) =>
        exception is RayTaskException or { InnerException: not null } ? ExceptionText.AllOf(exception) : ExceptionText.StackOf(exception) ?? "";

    private static string Cut(string text) => text.Length <= MaxText ? text : string.Concat(text.AsSpan(0, MaxText), "...");
}
