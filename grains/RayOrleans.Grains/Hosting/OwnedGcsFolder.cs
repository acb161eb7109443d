using Microsoft.Extensions.Logging;
using Orleans.Runtime;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>
/// Deletes the folder that a cluster's first silo made for its shards when that silo stops in good order: the cluster ends with it. One that
/// is killed leaves the folder, which nobody takes for his own.
/// </summary>
internal sealed partial class OwnedGcsFolder(RayClusterSettings settings, IShardStorageProvider storages, ILogger<OwnedGcsFolder> logger) : ILifecycleParticipant<ISiloLifecycle>
{
    public void Participate(ISiloLifecycle lifecycle) => lifecycle.Subscribe(
        nameof(OwnedGcsFolder),
        ServiceLifecycleStage.First,
        static _ => Task.CompletedTask,
        cancellationToken =>
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                Delete();
            }

            return Task.CompletedTask;
        });

    private void Delete()
    {
        string folder = settings.Gcs.Folder!;
        (storages as IDisposable)?.Dispose();
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogNotDeleted(e, folder);
        }
    }
}
