using System.Runtime.CompilerServices;

namespace RayOrleans.Serialization.Functions;

/// <summary>The parts of delegates that identify and copy them fast.</summary>
internal static class DelegateAccess
{
    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_methodPtr")]
    public static extern ref nint MethodPointer(Delegate function);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_target")]
    public static extern ref object? Target(Delegate function);

    [UnsafeAccessor(UnsafeAccessorKind.Method, Name = "MemberwiseClone")]
    public static extern object MemberwiseClone(object value);
}
