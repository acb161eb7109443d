using System.Collections.Frozen;

namespace RayOrleans.Serialization.Collections;

/// <summary>How <see cref="FrozenDictionary{TKey, TValue}"/> is taken apart and built.</summary>
internal readonly struct FrozenDictionaryRules<TKey, TValue> : IBuiltCollection<FrozenDictionary<TKey, TValue>, KeyValuePair<TKey, TValue>>
    where TKey : notnull
{
    public static (object? First, object? Second) Comparers(FrozenDictionary<TKey, TValue> collection) => (ComparerForm.UnlessDefault(collection.Comparer, EqualityComparer<TKey>.Default), null);

    public static FrozenDictionary<TKey, TValue> Build(KeyValuePair<TKey, TValue>[] items, object? first, object? second) => items.ToFrozenDictionary((IEqualityComparer<TKey>?)first);
}
