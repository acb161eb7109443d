namespace RayOrleans.Runtime.Code;

/// <summary>Where code is kept for the whole cluster, by content: the function table. Thread-safe.</summary>
internal interface ICodeSource
{
    /// <summary>The content of that hash; null when the cluster does not have it. The caller checks it.</summary>
    ValueTask<byte[]?> FetchAsync(ContentHash hash, CancellationToken cancellationToken);

    /// <summary>Keeps a content for the cluster; what is there already is not sent again.</summary>
    /// <param name="hash">The content's hash.</param>
    /// <param name="content">The content.</param>
    /// <param name="shard">Only what this shard of the GCS keeps of it, which has started anew; null: all of it.</param>
    /// <param name="cancellationToken">Ends the wait; some of it may have been kept.</param>
    ValueTask PublishAsync(ContentHash hash, ReadOnlyMemory<byte> content, int? shard, CancellationToken cancellationToken);

    /// <summary>Whether all of a content is there.</summary>
    ValueTask<bool> HasAsync(ContentHash hash, int length, CancellationToken cancellationToken);
}
