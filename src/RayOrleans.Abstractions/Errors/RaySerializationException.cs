using System.Runtime.Serialization;

namespace RayOrleans;

/// <summary>A value cannot be serialised or read back. Thrown where the call is made, with the path of the member that is to blame.</summary>
public sealed class RaySerializationException : SerializationException, IRayException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What happened, where, why, and what can be done.</param>
    /// <param name="innerException">The cause, if one is known.</param>
    public RaySerializationException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The type of the offending value, where it is known here.</summary>
    public Type? ValueType { get; init; }

    /// <summary>The way from the argument or captured variable to the offending member, such as <c>order.Customer._socket</c>.</summary>
    public string MemberPath { get; init; } = "";
}
