using System.Collections.Immutable;

namespace RayOrleans.Serialization.Collections;

/// <summary>How <see cref="ImmutableQueue{T}"/> is taken apart and built.</summary>
internal readonly struct ImmutableQueueRules<T> : IBuiltCollection<ImmutableQueue<T>, T>
{
    public static (object? First, object? Second) Comparers(ImmutableQueue<T> collection) => (null, null);

    public static ImmutableQueue<T> Build(T[] items, object? first, object? second) => [.. items];
}
