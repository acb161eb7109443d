using System.Buffers;
using System.Runtime.InteropServices;

namespace RayOrleans.Runtime;

/// <summary>Values that are nothing but memory in place: who reads one that somebody else is reading gets the same memory, without decoding and without anything new.</summary>
/// <typeparam name="T">The value's type.</typeparam>
internal abstract class MemoryView<T>
{
    /// <summary>How it is done for this type; null: it is not memory.</summary>
    public static readonly MemoryView<T>? Instance = typeof(T) is { IsGenericType: true } type && type.GetGenericTypeDefinition() == typeof(ReadOnlyMemory<>)
        ? (MemoryView<T>)Activator.CreateInstance(typeof(MemoryView<>.OfItems<>).MakeGenericType(typeof(T), type.GenericTypeArguments[0]))!
        : null;

    /// <summary>What keeps the memory, and all of it; null: something else is behind it.</summary>
    public abstract object? ManagerOf(T value);

    /// <summary>All memory of a manager, if it is of this type.</summary>
    public abstract bool TryRead(object manager, out T value);

    private sealed class OfItems<TItem> : MemoryView<ReadOnlyMemory<TItem>>
    {
        public override object? ManagerOf(ReadOnlyMemory<TItem> value) =>
            MemoryMarshal.TryGetMemoryManager(value, out MemoryManager<TItem>? manager) && manager.Memory.Length == value.Length ? manager : null;

        public override bool TryRead(object manager, out ReadOnlyMemory<TItem> value)
        {
            value = manager is MemoryManager<TItem> own ? own.Memory : default;
            return manager is MemoryManager<TItem>;
        }
    }
}
