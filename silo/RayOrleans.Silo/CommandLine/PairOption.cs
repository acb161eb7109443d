using System.CommandLine;
using System.Globalization;

namespace RayOrleans.Silo.CommandLine;

/// <summary>Options that are <c>name=value</c>, each any number of times.</summary>
internal static class PairOption
{
    /// <summary>Makes a wrong pair an error of the command line.</summary>
    public static void Check(Option<string[]> option, Func<string, bool> isValue, string wanted) => option.Validators.Add(result =>
    {
        foreach (string text in result.Tokens.Select(t => t.Value))
        {
            if (!TrySplit(text, out string name, out string value) || name.Length == 0 || !isValue(value))
            {
                result.AddError($"\"{text}\" is no name with {wanted}.");
            }
        }
    });

    /// <summary>The pairs with their values as numbers; the last one of a name counts.</summary>
    public static Dictionary<string, double> Amounts(IEnumerable<string> pairs) =>
        Texts(pairs).ToDictionary(p => p.Key, p => double.Parse(p.Value, CultureInfo.InvariantCulture), StringComparer.Ordinal);

    /// <summary>The pairs; the last one of a name counts.</summary>
    public static Dictionary<string, string> Texts(IEnumerable<string> pairs)
    {
        Dictionary<string, string> all = new(StringComparer.Ordinal);
        foreach (string pair in pairs)
        {
            TrySplit(pair, out string name, out string value);
            all[name] = value;
        }

        return all;
    }

    private static bool TrySplit(string pair, out string name, out string value)
    {
        int at = pair.IndexOf('=', StringComparison.Ordinal);
        name = at < 0 ? pair : pair[..at];
        value = at < 0 ? "" : pair[(at + 1)..];
        return at >= 0;
    }
}
