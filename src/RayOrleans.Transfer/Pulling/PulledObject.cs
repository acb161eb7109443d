using System.Net;
using RayOrleans.ObjectStore;

namespace RayOrleans.Transfer;

/// <summary>An object that has arrived, whole and checked.</summary>
public sealed class PulledObject
{
    /// <summary>The object.</summary>
    public required ObjectId Id { get; init; }

    /// <summary>Its version.</summary>
    public required int Version { get; init; }

    /// <summary>Bytes.</summary>
    public required long Length { get; init; }

    /// <summary>Its <see cref="ObjectChecksum"/>, for whoever pulls it from here next.</summary>
    public required ulong Checksum { get; init; }

    /// <summary>The sealed block it is in; null when it is small and in <see cref="Inline"/>. Belongs to the sink.</summary>
    public StoreBlock? Block { get; init; }

    /// <summary>Its bytes, when it is at most <see cref="PullerOptions.InlineLimitBytes"/> long.</summary>
    public ReadOnlyMemory<byte> Inline { get; init; }

    /// <summary>The peer that the last part came from.</summary>
    public required EndPoint Source { get; init; }
}
