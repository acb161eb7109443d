using System.Reflection;

namespace RayOrleans.Serialization.Functions;

/// <summary>Several functions in one delegate.</summary>
internal sealed class CombinedFunction(ValueSerializer serializer, Type delegateType, IReadOnlyList<PackedDelegate> parts)
    : PackedDelegate(serializer, delegateType)
{
    public IReadOnlyList<PackedDelegate> Parts => parts;

    public override MethodInfo Method => parts[^1].Method;

    public override long CapturedBytes => parts.Sum(p => p.CapturedBytes);

    internal override Delegate Placeholder => parts[^1].Placeholder;

    internal override Delegate Unpack(ValueSerializer serializer, IReferenceTracker? tracker) =>
        Delegate.Combine([.. parts.Select(p => p.Unpack(serializer, tracker))])!;
}
