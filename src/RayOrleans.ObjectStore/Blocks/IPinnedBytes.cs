namespace RayOrleans.ObjectStore;

/// <summary>Bytes of the arena that stay where they are while this is reachable and not released.</summary>
internal unsafe interface IPinnedBytes
{
    byte* Start { get; }

    long Length { get; }

    bool IsReleased { get; }
}
