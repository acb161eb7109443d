using System.Reflection;

namespace RayOrleans.Serialization.Functions;

/// <summary>Names functions for people.</summary>
internal static class FunctionText
{
    /// <summary><c>lambda in Main</c>, <c>Main.Local</c>, or the method's class and name.</summary>
    public static string Of(MethodBase method)
    {
        string name = method.Name;
        int end = name.IndexOf('>', StringComparison.Ordinal);
        if (name.Length > 0 && name[0] == '<' && end > 1)
        {
            string outer = name[1..end];
            int local = name.IndexOf("g__", end, StringComparison.Ordinal);
            int bar = name.IndexOf('|', StringComparison.Ordinal);
            return local == end + 1 && bar > local ? $"{outer}.{name[(local + 3)..bar]}" : $"lambda in {outer}";
        }

        return method.DeclaringType is { } owner ? $"{TypeText.Of(owner)}.{name}" : name;
    }
}
