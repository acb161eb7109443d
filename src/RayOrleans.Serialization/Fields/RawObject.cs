using System.Runtime.CompilerServices;

namespace RayOrleans.Serialization.Fields;

/// <summary>Gives access to where an object's fields start. Never instantiated.</summary>
internal sealed class RawObject
{
    private byte _data;

    private RawObject()
    {
    }

    /// <summary>The start of the fields of an object, or of the data in a box.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ref byte DataOf(object value) => ref Unsafe.As<RawObject>(value)._data;
}
