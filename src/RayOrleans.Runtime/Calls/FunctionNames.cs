using System.Reflection;
using System.Runtime.CompilerServices;

namespace RayOrleans.Runtime;

/// <summary>Names of functions as their author would say them.</summary>
internal static class FunctionNames
{
    public static string Of(MethodInfo method)
    {
        string name = method.Name;
        Type? type = method.DeclaringType;
        while (type is { DeclaringType: not null } && (type.Name.StartsWith('<') || type.IsDefined(typeof(CompilerGeneratedAttribute))))
        {
            type = type.DeclaringType;
        }

        string where = type is null || type.Name.StartsWith('<') ? "" : type.Name + ".";
        if (!name.StartsWith('<'))
        {
            return where + name;
        }

        // <Outer>b__0 is a lambda, <Outer>g__Local|0_0 a local function; of a program without a Main of its own Outer is <Main>$.
        int close = name.LastIndexOf('>');
        string outer = name[1..close];
        outer = outer == "<Main>$" || outer.Length == 0 ? "Main" : outer;
        int local = name.IndexOf("g__", close, StringComparison.Ordinal);
        if (local < 0)
        {
            return $"{where}{outer}.lambda";
        }

        int bar = name.IndexOf('|', local);
        return $"{where}{outer}.{name[(local + 3)..(bar < 0 ? name.Length : bar)]}";
    }
}
