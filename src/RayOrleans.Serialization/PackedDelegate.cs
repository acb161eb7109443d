using System.Reflection;

namespace RayOrleans.Serialization;

/// <summary>
/// A function with a private copy of the captured variables it uses. Made by <see cref="ValueSerializer.PackDelegate"/>; immutable, thread-safe.
/// </summary>
public abstract class PackedDelegate
{
    private protected PackedDelegate(ValueSerializer serializer, Type delegateType)
    {
        Serializer = serializer;
        DelegateType = delegateType;
    }

    /// <summary>The type of the delegates it unpacks to.</summary>
    public Type DelegateType { get; }

    /// <summary>The method; of a combined delegate, the last one.</summary>
    public abstract MethodInfo Method { get; }

    /// <summary>The bytes of captured state, 0 where it captures nothing and 16 per variable where values are kept as they are: to warn of functions that drag much along.</summary>
    public abstract long CapturedBytes { get; }

    /// <summary>The function as a person would name it: <c>lambda in Main</c>, <c>Program.Add</c>.</summary>
    public string DisplayName => Functions.FunctionText.Of(Method);

    internal ValueSerializer Serializer { get; }

    /// <summary>
    /// The function's identity and captured state for another process that has the same build of the code: module version id, method token, declaring type,
    /// generic arguments, and the variables. Read it with <see cref="ValueSerializer.ReadPackedDelegate"/>. References among the variables were reported when it was packed.
    /// </summary>
    /// <exception cref="RaySerializationException">The function exists in this process only, or a captured value that was shared inside the process cannot leave it.</exception>
    public byte[] ToBytes() => Functions.PackedForm.Write(this);

    /// <summary>
    /// A delegate that stands for the function where only its type and method matter. Its captured variables are empty, and no user code ran to make it:
    /// it must never be called.
    /// </summary>
    internal abstract Delegate Placeholder { get; }

    internal abstract Delegate Unpack(ValueSerializer serializer, IReferenceTracker? tracker);
}
