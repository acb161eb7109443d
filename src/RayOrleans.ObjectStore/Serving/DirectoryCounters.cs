namespace RayOrleans.ObjectStore;

/// <summary>What the directory holds, by kind. Changed with interlocked operations only.</summary>
internal sealed class DirectoryCounters
{
    private long _inlineObjects;
    private long _inlineBytes;
    private long _blockObjects;
    private long _blockBytes;
    private long _unsealed;

    public long InlineObjects => Volatile.Read(ref _inlineObjects);

    public long InlineBytes => Volatile.Read(ref _inlineBytes);

    public long BlockObjects => Volatile.Read(ref _blockObjects);

    public long BlockBytes => Volatile.Read(ref _blockBytes);

    public long Unsealed => Volatile.Read(ref _unsealed);

    public void AddUnsealed(int sign) => Interlocked.Add(ref _unsealed, sign);

    /// <summary>A sealed object came (1) or went (-1).</summary>
    public void AddSealed(object content, long length, int sign)
    {
        bool inline = content is byte[];
        Interlocked.Add(ref inline ? ref _inlineObjects : ref _blockObjects, sign);
        Interlocked.Add(ref inline ? ref _inlineBytes : ref _blockBytes, sign * length);
    }
}
