using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Gcs.Files;

namespace RayOrleans.Grains;

/// <summary>Opens folders of this machine.</summary>
internal sealed class FileGcsStore : IGcsStore
{
    public static FileGcsStore Instance { get; } = new();

    public Task<int> AgreeAsync(GcsPlace place, int shardCount, CancellationToken cancellationToken)
    {
        string folder = place.BackEnd.Folder!;
        try
        {
            MakePrivate(folder);
            return Task.FromResult(JournalFolder.AgreeOnShards(new FileJournalOptions { Directory = folder }, shardCount));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            throw new GcsStoreException($"The folder {folder}, in which the cluster's shards are to be kept, cannot be used: {e.Message}", e);
        }
    }

    public IShardStorageProvider Open(GcsPlace place)
    {
        MakePrivate(place.BackEnd.Folder!);
        return new FileShardStorageProvider(new FileJournalOptions { Directory = place.BackEnd.Folder! });
    }

    /// <summary>Values of everybody's programs lie there.</summary>
    private static void MakePrivate(string folder)
    {
        if (!OperatingSystem.IsWindows() && !Directory.Exists(folder))
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
