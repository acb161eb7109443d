using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using RayOrleans.Runtime;
using RayOrleans.Runtime.Cluster.InProcess;
using RayOrleans.Runtime.Drivers;

namespace RayOrleans;

/// <summary>Registers the embedded node as what <c>Ray.InitAsync</c> starts.</summary>
internal static class EmbeddedNode
{
    [ModuleInitializer]
    [SuppressMessage("Usage", "CA2255:The 'ModuleInitializer' attribute should not be used in libraries", Justification = "Ray.InitAsync finds its implementation by loading this assembly.")]
    internal static void Register() => RayAmbient.Starter ??= StartAsync;

    /// <summary>Starts a node, off the caller's thread: mapping the store takes a while.</summary>
    internal static Task<LocalNode> StartNodeAsync(RayOptions options, CancellationToken cancellationToken, NodeStart? start = null)
    {
        if (options.Nodes > 1)
        {
            return Task.Run(() => InProcessNodes.Start(options).Nodes[0], cancellationToken);
        }

        return Task.Run(() => LocalNode.Start(options, start), cancellationToken);
    }

    private static async Task<IRay> StartAsync(RayOptions options, CancellationToken cancellationToken)
    {
        if (options.Address is { } address && AttachedAddress.TryParse(address, out int? port))
        {
            return await AttachedAddress.AttachAsync(port, options, cancellationToken).ConfigureAwait(false);
        }

        if (options.Address is not null)
        {
            return await ClusterJoin.StartAsync(options, cancellationToken).ConfigureAwait(false);
        }

        LocalNode node = await StartNodeAsync(options, cancellationToken).ConfigureAwait(false);
        return node.Driver;
    }
}
