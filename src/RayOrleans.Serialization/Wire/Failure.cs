namespace RayOrleans.Serialization.Wire;

/// <summary>Words what went wrong.</summary>
internal static class Failure
{
    public static RaySerializationException Writing(Type root, MemberPath path, Exception cause) => Writing(TypeText.Of(root), path, cause);

    public static RaySerializationException Writing(string root, MemberPath path, Exception cause)
    {
        if (cause is RaySerializationException already)
        {
            return already;
        }

        string where = path.From(root);
        return cause is UnsupportedValueException unsupported
            ? new RaySerializationException($"{where} ({TypeText.Of(unsupported.Type)}) cannot be sent: {unsupported.Message}")
            {
                MemberPath = where,
                ValueType = unsupported.Type,
            }
            : new RaySerializationException($"{where} cannot be sent: {ExceptionText.MessageOf(cause)}", cause) { MemberPath = where };
    }

    public static RaySerializationException Reading(Type root, MemberPath path, Exception cause) => Reading(TypeText.Of(root), path, cause);

    public static RaySerializationException Reading(string root, MemberPath path, Exception cause)
    {
        if (cause is RaySerializationException already)
        {
            return already;
        }

        string where = path.From(root);
        return cause is UnsupportedValueException unsupported
            ? new RaySerializationException($"{where} cannot be read: {TypeText.Of(unsupported.Type)} cannot travel: {unsupported.Message}")
            {
                MemberPath = where,
                ValueType = unsupported.Type,
            }
            : new RaySerializationException($"{where} cannot be read: {ExceptionText.MessageOf(cause)}", cause) { MemberPath = where };
    }
}
