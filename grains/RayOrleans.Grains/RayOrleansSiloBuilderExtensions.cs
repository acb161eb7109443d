using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Orleans.Hosting;
using Orleans.Runtime.Hosting;

namespace RayOrleans.Grains;

/// <summary>Makes the Ray node of a host part of its Orleans silo.</summary>
public static class RayOrleansSiloBuilderExtensions
{
    /// <summary>
    /// Shows the node of <c>builder.AddRayOrleansNode()</c>, in the same host, to the cluster: its <see cref="ILocalSchedulerGrain"/> is
    /// reachable under this silo's address. Idempotent. The silo refuses to start when the host has no node.
    /// </summary>
    /// <param name="builder">The silo's builder, inside <c>UseOrleans</c>.</param>
    /// <returns>The builder.</returns>
    public static ISiloBuilder AddRayOrleans(this ISiloBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        if (!builder.Services.Any(s => s.ImplementationType == typeof(NodeRegistrationValidator)))
        {
            builder.Services.AddPlacementDirector<NodePlacement, NodePlacementDirector>();
            builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IConfigurationValidator, NodeRegistrationValidator>());
        }

        return builder;
    }
}
