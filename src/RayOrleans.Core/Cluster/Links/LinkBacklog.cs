namespace RayOrleans.Core;

/// <summary>
/// What several links together have not had answered: about how much memory their messages take, in bytes. Written under the engine's lock, read by
/// anybody.
/// </summary>
public sealed class LinkBacklog
{
    /// <summary>What a message takes beside its contents: its objects, its place in the queue, and what waits for its answer.</summary>
    internal const int MessageBytes = 256;

    private long _bytes;

    /// <summary>The bytes.</summary>
    public long Bytes => Volatile.Read(ref _bytes);

    internal void Add(long bytes) => Volatile.Write(ref _bytes, _bytes + bytes);
}
