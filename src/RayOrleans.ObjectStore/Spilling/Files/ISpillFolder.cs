namespace RayOrleans.ObjectStore;

/// <summary>A store's own folder in one of the directories; disposing deletes it with everything in it.</summary>
internal interface ISpillFolder : IDisposable
{
    /// <summary>Bytes free on its disk.</summary>
    long FreeBytes { get; }

    /// <summary>A new file, readable by this user only.</summary>
    ISpillFile Create(string name);

    /// <summary>An existing file, to read.</summary>
    ISpillFile OpenRead(string name);

    /// <summary>Deletes a file; one that is gone already is no error.</summary>
    void Delete(string name);
}
