using System.Collections.Immutable;

namespace RayOrleans.Serialization.Collections;

/// <summary>How <see cref="ImmutableDictionary{TKey, TValue}"/> is taken apart and built.</summary>
internal readonly struct ImmutableDictionaryRules<TKey, TValue> : IBuiltCollection<ImmutableDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    public static (object? First, object? Second) Comparers(ImmutableDictionary<TKey, TValue> collection) => (ComparerForm.UnlessDefault(collection.KeyComparer, EqualityComparer<TKey>.Default), ComparerForm.UnlessDefault(collection.ValueComparer, EqualityComparer<TValue>.Default));

    public static ImmutableDictionary<TKey, TValue> Build(KeyValuePair<TKey, TValue>[] items, object? first, object? second) => ImmutableDictionary.CreateRange((IEqualityComparer<TKey>?)first, (IEqualityComparer<TValue>?)second, items);
}
