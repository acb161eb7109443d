namespace RayOrleans.Serialization.Functions;

/// <summary>A function whose used variables cannot change: a shallow copy of them, copied again for every run because the function may write to them.</summary>
internal sealed class ScopeFunction(ValueSerializer serializer, FunctionShape shape, object scope) : SingleFunction(serializer, shape)
{
    public override long CapturedBytes => 16L * Shape.Scope.Variables.Length;

    public override byte[] State() => Serializer.Functions.WriteTarget(Shape, scope, null);

    internal override Delegate Placeholder => Shape.Placeholder;

    internal override Delegate Unpack(ValueSerializer serializer, IReferenceTracker? tracker) => Shape.Create(Shape.Scope.Copy(scope));
}
