namespace RayOrleans.Serialization.Wire;

/// <summary>
/// The flat form. Bytes 0 to 7: magic, version, 16 bits of the root type's fingerprint, 32 bits of header length. Then the header's content;
/// then each buffer at the next multiple of 64. All numbers are little-endian. A buffer is named in the header by its offset from the end
/// of the padded header, in units of 64 bytes.
/// </summary>
internal static class WireFormat
{
    public const byte Magic = 0xA7;
    public const byte Version = 1;
    public const int PrefixLength = 8;
    public const int Alignment = 64;
    public const int MaxPart = 1 << 30;

    /// <summary>How deep objects nest on the stack before linked ones are put off.</summary>
    public const int InlineDepth = 192;

    public static long Align(long offset) => (offset + (Alignment - 1)) & ~(long)(Alignment - 1);
}
