using System.Collections;
using System.Reflection;

namespace RayOrleans.Runtime.Tests.Cluster.Wire;

/// <summary>Compares what records say, member by member, lists item by item: nothing that the wire drops goes unnoticed.</summary>
internal static class Structural
{
    public static void Same(object? expected, object? actual, string path = "")
    {
        if (expected is null || actual is null || expected is string || expected.GetType().IsPrimitive || expected.GetType().IsEnum
            || expected is TaskId or ObjectId or NodeId or JobId or ActorId)
        {
            Assert.True(Equals(expected, actual), $"{path}: expected {expected ?? "null"}, got {actual ?? "null"}");
            return;
        }

        if (expected is IDictionary<string, string> labels)
        {
            Assert.Equal(labels.OrderBy(l => l.Key, StringComparer.Ordinal), ((IDictionary<string, string>)actual).OrderBy(l => l.Key, StringComparer.Ordinal));
            return;
        }

        if (expected is byte[] bytes)
        {
            Assert.True(bytes.AsSpan().SequenceEqual((byte[])actual), $"{path}: other bytes");
            return;
        }

        if (expected is IEnumerable list)
        {
            object?[] left = [.. list.Cast<object?>()];
            object?[] right = [.. ((IEnumerable)actual).Cast<object?>()];
            Assert.True(left.Length == right.Length, $"{path}: expected {left.Length} items, got {right.Length}");
            for (int i = 0; i < left.Length; i++)
            {
                Same(left[i], right[i], $"{path}[{i}]");
            }

            return;
        }

        Assert.True(expected.GetType() == actual.GetType(), $"{path}: expected a {expected.GetType()}, got a {actual.GetType()}");
        foreach (PropertyInfo property in expected.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            Same(property.GetValue(expected), property.GetValue(actual), $"{path}.{property.Name}");
        }
    }
}
