using System.Reflection;

namespace RayOrleans.Serialization.Functions;

/// <summary>A packed delegate with one method.</summary>
internal abstract class SingleFunction(ValueSerializer serializer, FunctionShape shape) : PackedDelegate(serializer, shape.DelegateType)
{
    public FunctionShape Shape { get; } = shape;

    public override MethodInfo Method => Shape.Method;

    /// <summary>The captured state as bytes; empty where there is none.</summary>
    public abstract byte[] State();
}
