using System.Collections;
using System.Reflection;

namespace RayOrleans.Serialization.Tests.Wire;

/// <summary>Compares two object graphs by reflection, written apart from the code under test: same types, same values, same sharing.</summary>
internal static class GraphComparer
{
    public static bool AreEqual(object? a, object? b) => Compare(a, b, new Dictionary<object, object>(ReferenceEqualityComparer.Instance));

    private static bool Compare(object? a, object? b, Dictionary<object, object> pairs)
    {
        if (a is null || b is null)
        {
            return a is null && b is null;
        }

        Type type = a.GetType();
        if (type != b.GetType())
        {
            return false;
        }

        if (type.IsPrimitive || a is string or decimal or DateTime or Guid or Enum)
        {
            return a.Equals(b);
        }

        if (!type.IsValueType)
        {
            if (pairs.TryGetValue(a, out object? known))
            {
                return ReferenceEquals(known, b);
            }

            pairs.Add(a, b);
        }

        if (a is IEnumerable left && b is IEnumerable right)
        {
            object?[] x = [.. left.Cast<object?>()];
            object?[] y = [.. right.Cast<object?>()];
            return x.Length == y.Length && x.Zip(y).All(p => Compare(p.First, p.Second, pairs));
        }

        for (Type? t = type; t is not null && t != typeof(object); t = t.BaseType)
        {
            foreach (FieldInfo field in t.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            {
                if (field.FieldType != typeof(Lock) && !field.IsNotSerialized && !Compare(field.GetValue(a), field.GetValue(b), pairs))
                {
                    return false;
                }
            }
        }

        return true;
    }
}
