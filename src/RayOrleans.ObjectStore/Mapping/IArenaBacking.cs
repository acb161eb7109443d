namespace RayOrleans.ObjectStore;

/// <summary>The arena's file and its one mapping into this process. The mapping goes away with <see cref="IDisposable.Dispose"/> or the finalizer.</summary>
internal unsafe interface IArenaBacking : IDisposable
{
    byte* Base { get; }

    /// <summary>Which file it is.</summary>
    ArenaIdentity Identity { get; }

    /// <summary>Makes the range safe to write; returns why not when the file system refuses. Both ends are multiples of 4096.</summary>
    IOException? Commit(long offset, long length);

    /// <summary>Faults a committed range in that is not in use.</summary>
    void Populate(long offset, long length);

    /// <summary>Whether memory can be given back to the system.</summary>
    bool CanPunch => false;

    /// <summary>Gives a range that is not in use back to the system; before it is used again it must be committed. False when the system refuses.</summary>
    bool TryPunch(long offset, long length) => false;

    /// <summary>Copies into a committed range that is in use.</summary>
    void Write(long offset, byte* from, long length) => MemoryCopy.Copy(from, Base + offset, length);

    /// <summary>Removes the file's name and closes it; the mapping stays.</summary>
    void Unlink();
}
