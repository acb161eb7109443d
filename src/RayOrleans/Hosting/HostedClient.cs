using Microsoft.Extensions.Options;

namespace RayOrleans;

/// <summary>The driver of a host that has no node of its own.</summary>
internal sealed class HostedClient(HostedRay ray, IOptions<RayOptions> options) : HostedRuntime(ray)
{
    protected override Task<IRay> StartRuntimeAsync(CancellationToken cancellationToken) => Ray.InitAsync(options.Value, cancellationToken);
}
