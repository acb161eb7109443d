using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace RayOrleans.Runtime.Code;

/// <summary>
/// Names code by its content: the first half of its SHA-256. It guards against damage and mix-ups, not against the cluster's members: who may publish code may run any.
/// </summary>
/// <param name="High">The first eight bytes.</param>
/// <param name="Low">The last eight bytes.</param>
internal readonly record struct ContentHash(ulong High, ulong Low)
{
    /// <summary>The length in bytes.</summary>
    public const int Length = 16;

    /// <summary>No code besides what every node has.</summary>
    public static ContentHash None => default;

    public bool IsNone => (High | Low) == 0;

    public static ContentHash Of(ReadOnlySpan<byte> content)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(content, hash);
        return MemoryMarshal.Read<ContentHash>(hash);
    }

    /// <summary>Reads the form that <see cref="ToString"/> writes; false when it is none.</summary>
    public static bool TryParse(string text, out ContentHash hash)
    {
        hash = default;
        if (text.Length != 2 * Length
            || !ulong.TryParse(text.AsSpan(0, Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong high)
            || !ulong.TryParse(text.AsSpan(Length), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong low))
        {
            return false;
        }

        hash = new ContentHash(high, low);
        return true;
    }

    /// <inheritdoc/>
    public override int GetHashCode() => (int)(Low ^ (Low >> 32));

    /// <summary>32 hexadecimal digits; also the name of a file.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:x16}{Low:x16}");
}
