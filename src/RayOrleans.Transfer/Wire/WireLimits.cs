namespace RayOrleans.Transfer;

/// <summary>What both sides hold each other to. A number from the wire is compared with these before it is used for anything.</summary>
internal static class WireLimits
{
    /// <summary>The first four bytes of a hello: "RayT".</summary>
    public const uint Magic = 0x54796152;

    /// <summary>Peers of another major version do not talk. 2: blocks have the checksum <see cref="BlockSum"/>.</summary>
    public const byte MajorVersion = 2;

    /// <summary>Peers one minor version apart talk.</summary>
    public const byte MinorVersion = 0;

    /// <summary>Most bytes of one fetch. Bounds what a failure costs, and one response's checksums (2 KiB).</summary>
    public const int MaxFetchBytes = 64 << 20;

    /// <summary>Longest object.</summary>
    public const long MaxObjectBytes = 1L << 45;

    /// <summary>Number of checksums that follow a body.</summary>
    public static int Blocks(long bytes) => checked((int)((bytes + ObjectChecksum.BlockBytes - 1) / ObjectChecksum.BlockBytes));
}
