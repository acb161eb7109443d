using System.Globalization;

namespace RayOrleans;

/// <summary>Identifies one incarnation of a node; a node that starts again has another id.</summary>
/// <param name="Value">The 128-bit value.</param>
public readonly record struct NodeId(UInt128 Value)
{
    /// <summary>The id that stands for no node.</summary>
    public static NodeId None => default;

    /// <summary>Reads the form that <see cref="ToString"/> writes.</summary>
    /// <param name="text">32 hexadecimal digits.</param>
    /// <exception cref="ArgumentException"><paramref name="text"/> is not such a form.</exception>
    public static NodeId Parse(string text) =>
        UInt128.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out UInt128 value)
            ? new NodeId(value)
            : throw new ArgumentException($"'{text}' is not a node id: 32 hexadecimal digits are expected, as Ray.Nodes() lists them.", nameof(text));

    /// <summary>The id as 32 hexadecimal digits.</summary>
    public override string ToString() => Value.ToString("x32", CultureInfo.InvariantCulture);
}
