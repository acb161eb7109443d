using RayOrleans.Runtime.Code;

namespace RayOrleans.Runtime.Tests.Code;

/// <summary>The cluster's function table as a folder, so that several processes can use it.</summary>
internal sealed class FolderSource(string folder) : ICodeSource
{
    private int _fetches;

    public int Fetches => _fetches;

    public ValueTask<byte[]?> FetchAsync(ContentHash hash, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _fetches);
        string path = Path.Combine(folder, hash.ToString());
        return new(File.Exists(path) ? File.ReadAllBytes(path) : null);
    }

    public ValueTask PublishAsync(ContentHash hash, ReadOnlyMemory<byte> content, int? shard, CancellationToken cancellationToken)
    {
        File.WriteAllBytes(Path.Combine(folder, hash.ToString()), content.Span);
        return default;
    }

    public ValueTask<bool> HasAsync(ContentHash hash, int length, CancellationToken cancellationToken) =>
        new(new FileInfo(Path.Combine(folder, hash.ToString())) is { Exists: true } file && file.Length == length);

    /// <summary>Spoils what is kept under a hash.</summary>
    public void Spoil(ContentHash hash) => File.WriteAllBytes(Path.Combine(folder, hash.ToString()), [1, 2, 3]);

    public void Remove(ContentHash hash) => File.Delete(Path.Combine(folder, hash.ToString()));
}
