using System.Collections.Immutable;

namespace RayOrleans.Serialization.Collections;

/// <summary>How <see cref="ImmutableSortedSet{T}"/> is taken apart and built.</summary>
internal readonly struct ImmutableSortedSetRules<T> : IBuiltCollection<ImmutableSortedSet<T>, T>
{
    public static (object? First, object? Second) Comparers(ImmutableSortedSet<T> collection) => (ComparerForm.UnlessDefault(collection.KeyComparer, Comparer<T>.Default), null);

    public static ImmutableSortedSet<T> Build(T[] items, object? first, object? second) => ImmutableSortedSet.CreateRange((IComparer<T>?)first, items);
}
