using System.Collections.Immutable;

namespace RayOrleans.Serialization.Collections;

/// <summary>How <see cref="ImmutableHashSet{T}"/> is taken apart and built.</summary>
internal readonly struct ImmutableHashSetRules<T> : IBuiltCollection<ImmutableHashSet<T>, T>
{
    public static (object? First, object? Second) Comparers(ImmutableHashSet<T> collection) => (ComparerForm.UnlessDefault(collection.KeyComparer, EqualityComparer<T>.Default), null);

    public static ImmutableHashSet<T> Build(T[] items, object? first, object? second) => ImmutableHashSet.CreateRange((IEqualityComparer<T>?)first, items);
}
