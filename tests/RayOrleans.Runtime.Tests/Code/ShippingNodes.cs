using RayOrleans.Runtime.Cluster.Nodes;
using RayOrleans.Runtime.Code;
using RayOrleans.Runtime.Tests.Cluster.Nodes;

namespace RayOrleans.Runtime.Tests.Code;

/// <summary>Nodes of one process, of which all but the first, the driver's, act as if they did not have this test assembly: they load it from the cluster's function table.</summary>
internal sealed class ShippingNodes : IAsyncDisposable
{
    private const string Shipped = "RayOrleans.Runtime.Tests";

    private static readonly SharedAssemblies Driver = new(ProgramFiles.Resolvable, IsEverywhere);
    private static readonly SharedAssemblies Silo = new(ProgramFiles.Resolvable.Where(IsEverywhere), IsEverywhere);

    private readonly TemporaryFolder _folder = new();
    private readonly Dictionary<NodeId, NodeCode> _codes = [];

    private ShippingNodes(int nodes) => Nodes = TwoNodes.Start(nodes: nodes, start: Configure);

    public TwoNodes Nodes { get; }

    /// <summary>The package of this test assembly.</summary>
    public ContentHash Package { get; } = new ProgramCode(Driver).Of(typeof(ShippingNodes).Assembly).Package.Hash;

    public static ShippingNodes Start(int nodes = 2) => new(nodes);

    /// <summary>What a node has loaded of this test assembly; null: nothing.</summary>
    public LoadedCode? LoadedOn(LocalNode node) => _codes[node.Services.NodeId].Find(Package);

    public string[] CachedFolders(int node) => Directory.GetDirectories(_folder.Sub($"cache{node}"));

    public async ValueTask DisposeAsync()
    {
        await Nodes.DisposeAsync();
        _folder.Dispose();
    }

    private static bool IsEverywhere(string path) => Path.GetFileNameWithoutExtension(path) != Shipped;

    private NodeStart Configure(int number, NodeStart start) => start with
    {
        IsOneProcess = false,
        Code = services =>
        {
            KeyCodeSource source = new(services.Cluster!.Keys, TimeProvider.System);
            SharedAssemblies shared = number == 0 ? Driver : Silo;
            return _codes[services.NodeId] = new NodeCode(services, source, new CodeCache(_folder.Sub($"cache{number}")), shared, new ProgramCode(shared));
        },
    };
}
