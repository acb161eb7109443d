namespace RayOrleans.Serialization.Functions;

/// <summary>A function whose captured state is kept as bytes.</summary>
internal sealed class CopiedFunction(ValueSerializer serializer, FunctionShape shape, byte[] state) : SingleFunction(serializer, shape)
{
    public override long CapturedBytes => state.Length;

    public override byte[] State() => state;

    internal override Delegate Unpack(ValueSerializer serializer, IReferenceTracker? tracker) =>
        Shape.Create(serializer.Functions.ReadTarget(Shape, state, tracker));
}
