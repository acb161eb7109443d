namespace RayOrleans.Serialization.Functions;

/// <summary>A function whose captured state is kept as bytes.</summary>
internal sealed class CopiedFunction(ValueSerializer serializer, FunctionShape shape, byte[] state) : SingleFunction(serializer, shape)
{
    public override long CapturedBytes => state.Length;

    public override byte[] State() => state;

    internal override Delegate Placeholder => Shape.Placeholder;

    internal override Delegate Unpack(ValueSerializer serializer, IReferenceTracker? tracker)
    {
        object target = serializer.Functions.ReadTarget(Shape, state, tracker);
        try
        {
            return Shape.Create(target);
        }
        catch (ArgumentException e)
        {
            throw new RaySerializationException($"{DisplayName} does not fit the delegate {TypeText.Of(DelegateType)} here: {e.Message}", e);
        }
    }
}
