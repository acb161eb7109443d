using System.Collections.Frozen;

namespace RayOrleans.Serialization.Collections;

/// <summary>How <see cref="FrozenSet{T}"/> is taken apart and built.</summary>
internal readonly struct FrozenSetRules<T> : IBuiltCollection<FrozenSet<T>, T>
{
    public static (object? First, object? Second) Comparers(FrozenSet<T> collection) => (ComparerForm.UnlessDefault(collection.Comparer, EqualityComparer<T>.Default), null);

    public static FrozenSet<T> Build(T[] items, object? first, object? second) => items.ToFrozenSet((IEqualityComparer<T>?)first);
}
