using Microsoft.Extensions.DependencyInjection;

namespace RayOrleans.Grains;

/// <summary>What a host knows of the Ray cluster that its silo is in.</summary>
public static class RayClusterServiceExtensions
{
    /// <summary>The address that other nodes and drivers join this host's cluster through, as <c>ray://127.0.0.1:30000</c>.</summary>
    /// <param name="services">The host's services; its silo was set up by <c>ConfigureRayCluster</c>.</param>
    /// <exception cref="InvalidOperationException">It was not.</exception>
    public static string GetRayAddress(this IServiceProvider services) =>
        services.GetService<RayClusterSettings>()?.Address?.ToString()
        ?? throw new InvalidOperationException($"This host's silo is in no Ray cluster: call {nameof(RayClusterSiloBuilderExtensions.ConfigureRayCluster)} inside UseOrleans.");
}
