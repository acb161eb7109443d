namespace RayOrleans.Serialization.Collections;

/// <summary>How one kind of immutable collection is taken apart and built.</summary>
internal interface IBuiltCollection<TCollection, TItem>
{
    /// <summary>The comparers of keys and values; null where there are none.</summary>
    static abstract (object? First, object? Second) Comparers(TCollection collection);

    /// <summary>Builds the collection of items in the order in which it enumerated them.</summary>
    static abstract TCollection Build(TItem[] items, object? first, object? second);
}
