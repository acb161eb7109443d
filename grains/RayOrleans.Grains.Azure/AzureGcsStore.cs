using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.CompilerServices;
using Azure;
using Azure.Core;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains.Azure;

/// <summary>Opens containers of Azure storage accounts.</summary>
internal sealed class AzureGcsStore : IGcsStore
{
    private const string ShardsName = "shards";

    public async Task<int> AgreeAsync(GcsPlace place, int shardCount, CancellationToken cancellationToken)
    {
        try
        {
            BlobContainerClient container = ContainerOf(place);
            await container.CreateIfNotExistsAsync(cancellationToken: cancellationToken).ConfigureAwait(false);
            BlobClient mark = container.GetBlobClient($"{place.ServiceId}/{ShardsName}");
            try
            {
                await mark.UploadAsync(
                    BinaryData.FromString(shardCount.ToString(CultureInfo.InvariantCulture)),
                    new BlobUploadOptions { Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All } },
                    cancellationToken).ConfigureAwait(false);
                return shardCount;
            }
            catch (RequestFailedException e) when (e.Status is 409 or 412)
            {
                BlobDownloadResult kept = await mark.DownloadContentAsync(cancellationToken).ConfigureAwait(false);
                return int.Parse(kept.Content.ToString(), NumberStyles.None, CultureInfo.InvariantCulture);
            }
        }
        catch (Exception e) when (e is RequestFailedException or AggregateException or FormatException)
        {
            throw new GcsStoreException($"The container '{place.BackEnd.Name}' of the storage account, in which the cluster's shards are to be kept, cannot be used: {FirstLine(e)}", e);
        }
    }

    public IShardStorageProvider Open(GcsPlace place) =>
        new AzureShardStorageProvider(new AzureJournalOptions { Container = ContainerOf(place), ServiceId = place.ServiceId });

    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255:The 'ModuleInitializer' attribute should not be used in libraries", Justification = "A silo that is told to use Azure finds the back end by loading this assembly.")]
    internal static void Register() => GcsStores.UseAzure(new AzureGcsStore());

    private static BlobContainerClient ContainerOf(GcsPlace place)
    {
        BlobClientOptions options = new();

        // The callers of a shard repeat what was not answered in some seconds.
        options.Retry.Mode = RetryMode.Exponential;
        options.Retry.MaxRetries = 3;
        options.Retry.Delay = TimeSpan.FromMilliseconds(100);
        options.Retry.MaxDelay = TimeSpan.FromSeconds(1);
        options.Retry.NetworkTimeout = TimeSpan.FromSeconds(10);
        return new BlobContainerClient(place.ConnectionString, place.BackEnd.Name, options);
    }

    private static string FirstLine(Exception e) => e.Message.Split('\n', 2)[0].TrimEnd();
}
