using Microsoft.Extensions.Hosting;

namespace RayOrleans;

/// <summary>Stand-ins for the registrations of later packages, so that the contract compiles against the programming model alone.</summary>
internal static class ContractStandIns
{
    public static IHostApplicationBuilder AddRayOrleansClient(this IHostApplicationBuilder builder, Action<RayOptions> configure) => builder;

    public static IHostApplicationBuilder AddRayOrleansNode(this IHostApplicationBuilder builder, Action<RayOptions> configure) => builder;
}
