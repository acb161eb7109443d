using Microsoft.Extensions.DependencyInjection;
using Orleans.Runtime;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>The silo's grains speak for a node: without one the silo does not start.</summary>
internal sealed class NodeRegistrationValidator(IServiceProvider services) : IConfigurationValidator
{
    public void ValidateConfiguration()
    {
        if (services.GetService<IClusterNode>() is null)
        {
            throw new OrleansConfigurationException(
                $"{nameof(RayOrleansSiloBuilderExtensions.AddRayOrleans)} shows this host's Ray node to the cluster, but the host has none: " +
                $"call builder.{nameof(RayOrleansHostingExtensions.AddRayOrleansNode)}() beside UseOrleans.");
        }
    }
}
