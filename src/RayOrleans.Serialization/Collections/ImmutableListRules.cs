using System.Collections.Immutable;

namespace RayOrleans.Serialization.Collections;

/// <summary>How <see cref="ImmutableList{T}"/> is taken apart and built.</summary>
internal readonly struct ImmutableListRules<T> : IBuiltCollection<ImmutableList<T>, T>
{
    public static (object? First, object? Second) Comparers(ImmutableList<T> collection) => (null, null);

    public static ImmutableList<T> Build(T[] items, object? first, object? second) => [.. items];
}
