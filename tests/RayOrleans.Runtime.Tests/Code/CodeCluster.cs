using RayOrleans.Runtime.Code;

namespace RayOrleans.Runtime.Tests.Code;

/// <summary>A node with a function table and a cache of its own.</summary>
internal sealed class CodeCluster : IAsyncDisposable
{
    private CodeCluster(IRay ray, SharedAssemblies shared)
    {
        Ray = ray;
        Blobs = Folder.Sub("blobs");
        Source = new FolderSource(Blobs);
        Cache = new CodeCache(Folder.Sub("cache"));
        Program = new ProgramCode(SharedAssemblies.OfProcess);
        Code = new NodeCode(ray.Services(), Source, Cache, shared, Program);
    }

    public TemporaryFolder Folder { get; } = new();

    public IRay Ray { get; }

    public string Blobs { get; }

    public FolderSource Source { get; }

    public CodeCache Cache { get; }

    public ProgramCode Program { get; }

    public NodeCode Code { get; }

    public string[] CachedFolders => Directory.GetDirectories(Cache.Folder);

    public static async Task<CodeCluster> StartAsync(SharedAssemblies? shared = null) => new(await Nodes.StartAsync(), shared ?? SharedAssemblies.OfProcess);

    public async ValueTask DisposeAsync()
    {
        await Ray.DisposeAsync();
        Folder.Dispose();
    }
}
