using Microsoft.Extensions.Logging;

namespace RayOrleans.Grains;

/// <content>Logging.</content>
internal sealed partial class OwnedGcsFolder
{
    [LoggerMessage(1151, LogLevel.Warning, "The folder of the cluster's shards, {Folder}, could not be deleted.")]
    private partial void LogNotDeleted(Exception exception, string folder);
}
