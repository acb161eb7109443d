using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace RayOrleans;

/// <summary>Adds Ray to a .NET host: a node of its own, or a driver of a running cluster. Either makes <see cref="IRay"/> injectable.</summary>
public static class RayOrleansHostingExtensions
{
    /// <summary>The configuration section that <see cref="RayOptions"/> are bound from.</summary>
    public const string ConfigurationSection = "RayOrleans";

    /// <summary>
    /// Runs a node inside this host: it starts before any hosted service does and stops after all of them. <see cref="IRay"/> and
    /// <see cref="ILocalNode"/> become injectable singletons; both may be injected early, and their members throw
    /// <see cref="RayNotInitializedException"/> until the host has started. The node also becomes the process default of the static <see cref="Ray"/>.
    /// Options come from the configuration section <c>RayOrleans</c>, then from <paramref name="configure"/>, and are checked when the host starts.
    /// Calling this again adds to the options and changes nothing else.
    /// </summary>
    /// <param name="builder">The host's builder; <c>WebApplicationBuilder</c> is one.</param>
    /// <param name="configure">Changes the options.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="InvalidOperationException"><see cref="AddRayOrleansClient"/> was called on this builder.</exception>
    public static IHostApplicationBuilder AddRayOrleansNode(this IHostApplicationBuilder builder, Action<RayOptions>? configure = null)
    {
        AddRuntime<HostedNode>(builder, configure);
        builder.Services.TryAddSingleton<ILocalNode>(static services => services.GetRequiredService<HostedNode>());
        builder.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RayOptions>, NodeOptionsValidator>());
        return builder;
    }

    /// <summary>
    /// Makes this host a driver: what <c>Ray.InitAsync</c> starts with these options is started before any hosted service and stopped after
    /// all of them, and <see cref="IRay"/> becomes an injectable singleton. It may be injected early; its members throw
    /// <see cref="RayNotInitializedException"/> until the host has started.
    /// Options come from the configuration section <c>RayOrleans</c>, then from <paramref name="configure"/>, and are checked when the host starts.
    /// Calling this again adds to the options and changes nothing else.
    /// </summary>
    /// <param name="builder">The host's builder; <c>WebApplicationBuilder</c> is one.</param>
    /// <param name="configure">Changes the options; the address of the cluster, usually.</param>
    /// <returns>The builder.</returns>
    /// <exception cref="InvalidOperationException"><see cref="AddRayOrleansNode"/> was called on this builder.</exception>
    public static IHostApplicationBuilder AddRayOrleansClient(this IHostApplicationBuilder builder, Action<RayOptions>? configure = null)
    {
        AddRuntime<HostedClient>(builder, configure);
        return builder;
    }

    private static void AddRuntime<TRuntime>(IHostApplicationBuilder builder, Action<RayOptions>? configure)
        where TRuntime : HostedRuntime
    {
        ArgumentNullException.ThrowIfNull(builder);
        IServiceCollection services = builder.Services;
        if (services.Any(s => s.ServiceType.IsSubclassOf(typeof(HostedRuntime)) && s.ServiceType != typeof(TRuntime)))
        {
            throw new InvalidOperationException(
                $"A host is either a node ({nameof(AddRayOrleansNode)}) or a client ({nameof(AddRayOrleansClient)}), not both: call one of them. A node's IRay is a driver already.");
        }

        OptionsBuilder<RayOptions> options = services.AddOptions<RayOptions>();
        if (!services.Any(s => s.ServiceType == typeof(TRuntime)))
        {
            options.BindConfiguration(ConfigurationSection).ValidateOnStart();
            services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RayOptions>, RayOptionsValidator>());
            services.TryAddSingleton<HostedRay>();
            services.TryAddSingleton<IRay>(static s => s.GetRequiredService<HostedRay>());
            services.AddSingleton<TRuntime>();
            services.AddHostedService(static s => s.GetRequiredService<TRuntime>());
        }

        if (configure is not null)
        {
            options.Configure(configure);
        }
    }
}
