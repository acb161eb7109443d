using System.Collections.Immutable;

namespace RayOrleans.Serialization.Collections;

/// <summary>How <see cref="ImmutableSortedDictionary{TKey, TValue}"/> is taken apart and built.</summary>
internal readonly struct ImmutableSortedDictionaryRules<TKey, TValue> : IBuiltCollection<ImmutableSortedDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    public static (object? First, object? Second) Comparers(ImmutableSortedDictionary<TKey, TValue> collection) => (ComparerForm.UnlessDefault(collection.KeyComparer, Comparer<TKey>.Default), ComparerForm.UnlessDefault(collection.ValueComparer, EqualityComparer<TValue>.Default));

    public static ImmutableSortedDictionary<TKey, TValue> Build(KeyValuePair<TKey, TValue>[] items, object? first, object? second) => ImmutableSortedDictionary.CreateRange((IComparer<TKey>?)first, (IEqualityComparer<TValue>?)second, items);
}
