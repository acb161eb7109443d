using Azure.Storage.Blobs;

namespace RayOrleans.Grains.Azure;

/// <summary>How shards are kept in Azure blobs.</summary>
internal sealed record AzureJournalOptions
{
    /// <summary>The container, which exists.</summary>
    public required BlobContainerClient Container { get; init; }

    /// <summary>Whose shards they are.</summary>
    public required string ServiceId { get; init; }

    /// <summary>How much is sent in one request, in bytes. 4 MiB is what every version of the service takes.</summary>
    public int BlockBytes { get; init; } = 4 << 20;

    /// <summary>After how many appends a log is followed by another one; the service takes 50,000.</summary>
    public int MaxBlocks { get; init; } = 45_000;
}
