namespace RayOrleans.Serialization.Functions;

/// <summary>A function that captures nothing.</summary>
internal sealed class StatelessFunction(ValueSerializer serializer, FunctionShape shape, Delegate function) : SingleFunction(serializer, shape)
{
    public override long CapturedBytes => 0;

    public override byte[] State() => [];

    internal override Delegate Placeholder => function;

    internal override Delegate Unpack(ValueSerializer serializer, IReferenceTracker? tracker) => function;
}
