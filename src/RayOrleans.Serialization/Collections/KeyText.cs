namespace RayOrleans.Serialization.Collections;

/// <summary>Words keys of dictionaries for member paths.</summary>
internal static class KeyText
{
    /// <summary>A key as it stands in a member path.</summary>
    public static string Of(object? key) => key switch
    {
        string text when text.Length <= 40 => $"[\"{text}\"]",
        null => "[null]",
        Enum or IFormattable => $"[{key}]",
        _ => $"[{TypeText.Of(key.GetType())}]",
    };
}
