namespace RayOrleans.Runtime.Code;

/// <summary>The right to use a folder of the cache: while it is held, no process of the user deletes the folder. It ends with the process at the latest.</summary>
internal sealed class CodeLease(ContentHash group, string folder, FileStream mark) : IDisposable
{
    /// <summary>What the folder is named by.</summary>
    public ContentHash Group => group;

    /// <summary>The folder.</summary>
    public string Folder => folder;

    public void Dispose() => mark.Dispose();
}
