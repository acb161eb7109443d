using System.Collections.Concurrent;

namespace RayOrleans.Runtime.Code;

/// <summary>The function table of a node that is alone: its own memory. Thread-safe.</summary>
internal sealed class LocalCodeSource : ICodeSource
{
    private readonly ConcurrentDictionary<ContentHash, byte[]> _contents = new();

    public ValueTask<byte[]?> FetchAsync(ContentHash hash, CancellationToken cancellationToken) => new(_contents.GetValueOrDefault(hash));

    public ValueTask PublishAsync(ContentHash hash, ReadOnlyMemory<byte> content, int? shard, CancellationToken cancellationToken)
    {
        _contents.GetOrAdd(hash, static (_, c) => c.ToArray(), content);
        return default;
    }

    public ValueTask<bool> HasAsync(ContentHash hash, int length, CancellationToken cancellationToken) =>
        new(_contents.TryGetValue(hash, out byte[]? content) && content.Length == length);
}
