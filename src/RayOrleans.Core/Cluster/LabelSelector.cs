namespace RayOrleans.Core;

/// <summary>Label selectors: a value, <c>!value</c>, <c>in(a,b)</c> or <c>!in(a,b)</c>; several keys must all match.</summary>
public static class LabelSelector
{
    /// <summary>Whether the labels satisfy every selector.</summary>
    public static bool Matches(IReadOnlyDictionary<string, string> labels, IReadOnlyDictionary<string, string> selectors)
    {
        foreach (KeyValuePair<string, string> selector in selectors)
        {
            if (!Matches(labels, selector.Key, selector.Value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether the label of that key satisfies the selector.</summary>
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
