using System.Collections.Immutable;

namespace RayOrleans.Serialization.Collections;

/// <summary>How <see cref="ImmutableStack{T}"/> is taken apart and built.</summary>
internal readonly struct ImmutableStackRules<T> : IBuiltCollection<ImmutableStack<T>, T>
{
    public static (object? First, object? Second) Comparers(ImmutableStack<T> collection) => (null, null);

    public static ImmutableStack<T> Build(T[] items, object? first, object? second) => ImmutableStack.CreateRange(items.AsEnumerable().Reverse());
}
