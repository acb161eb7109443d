namespace RayOrleans.Runtime;

/// <summary>Label selectors: a value, <c>!value</c>, <c>in(a,b)</c> or <c>!in(a,b)</c>.</summary>
internal static class LabelMatcher
{
    public static bool Matches(IReadOnlyDictionary<string, string> labels, string key, string selector)
    {
        string? actual = labels.GetValueOrDefault(key);
        bool negated = selector.StartsWith('!');
        string rest = negated ? selector[1..] : selector;
        bool equal = rest.StartsWith("in(", StringComparison.Ordinal) && rest.EndsWith(')')
            ? rest[3..^1].Split(',', StringSplitOptions.TrimEntries).Contains(actual, StringComparer.Ordinal)
            : actual == rest;
        return equal != negated;
    }
}
