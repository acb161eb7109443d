namespace RayOrleans.Transfer;

/// <summary>What a request asks for.</summary>
internal enum Ask : byte
{
    /// <summary>The length only.</summary>
    Length = 1,

    /// <summary>A range of bytes and the checksums of its blocks.</summary>
    Bytes = 2,
}
