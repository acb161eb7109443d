using System.Buffers.Binary;
using System.Security.Cryptography;

namespace RayOrleans.Transfer;

/// <summary>What each side says first: magic, versions and a random number that the other side's proof must cover. 40 bytes.</summary>
internal static class HelloFrame
{
    public const int Bytes = 40;
    private const int VersionOffset = 4;
    private const int NonceOffset = 8;

    public static void Write(Span<byte> frame)
    {
        frame[..Bytes].Clear();
        BinaryPrimitives.WriteUInt32LittleEndian(frame, WireLimits.Magic);
        frame[VersionOffset] = WireLimits.MajorVersion;
        frame[VersionOffset + 1] = WireLimits.MinorVersion;
        RandomNumberGenerator.Fill(frame[NonceOffset..Bytes]);
    }

    /// <summary>Checks magic and version.</summary>
    /// <exception cref="PeerFailedException">The other side speaks something else.</exception>
    public static void Check(ReadOnlySpan<byte> frame)
    {
        if (BinaryPrimitives.ReadUInt32LittleEndian(frame) != WireLimits.Magic)
            throw new PeerFailedException(PeerFailure.Protocol, "does not speak the transfer protocol");
        (int major, int minor) = (frame[VersionOffset], frame[VersionOffset + 1]);
        if (major != WireLimits.MajorVersion || Math.Abs(minor - WireLimits.MinorVersion) > 1)
            throw new PeerFailedException(
                PeerFailure.Protocol,
                $"speaks version {major}.{minor} of the transfer protocol; this node speaks {WireLimits.MajorVersion}.{WireLimits.MinorVersion} and one minor version around it");
    }
}
