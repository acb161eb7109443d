using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Memory;

/// <summary>Reads elements in place; bridges to the constraint that they be unmanaged.</summary>
internal abstract class InPlaceReader<T>
{
    public abstract ReadOnlyMemory<T> Read(ReadContext r);

    /// <summary>The reader; null where the elements are not plain bits.</summary>
    public static InPlaceReader<T>? Create() => PlaceFactory.IsBits(typeof(T))
        ? (InPlaceReader<T>)Activator.CreateInstance(typeof(Unmanaged<>).MakeGenericType(typeof(T), typeof(T)))!
        : null;

    private sealed class Unmanaged<TElement> : InPlaceReader<TElement>
        where TElement : unmanaged
    {
        public override ReadOnlyMemory<TElement> Read(ReadContext r) => MemoryForm.ReadInPlace<TElement>(r);
    }
}
