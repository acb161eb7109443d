namespace RayOrleans;

/// <content>Starting.</content>
public static partial class Ray
{
    /// <summary>
    /// Starts an embedded node in this process, or joins the cluster that the environment variable RAYORLEANS_ADDRESS names.
    /// The first runtime becomes the process default; a second one is independent, and with two the static façade must be told which one is meant.
    /// </summary>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <returns>The runtime; dispose it to stop it.</returns>
    /// <exception cref="InvalidOperationException">The package with the implementation is not referenced.</exception>
    public static Task<IRay> InitAsync(CancellationToken cancellationToken = default) => InitAsync(new RayOptions(), cancellationToken);

    /// <summary>Starts a runtime: embedded nodes in this process, or a driver attached to a cluster.</summary>
    /// <param name="configure">Changes the options from their defaults.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <returns>The runtime; dispose it to stop it.</returns>
    /// <exception cref="ArgumentException">An option cannot be meant; the message names it.</exception>
    public static Task<IRay> InitAsync(Action<RayOptions> configure, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(configure);
        RayOptions options = new();
        configure(options);
        return InitAsync(options, cancellationToken);
    }

    /// <summary>Makes this program a driver of a running cluster.</summary>
    /// <param name="address">
    /// The cluster, and how the program is part of it: <c>ray://host:port</c>, as a node of its own; <c>local</c> or <c>local:port</c>, attached to a node of this machine;
    /// <c>client://host:port</c>, connected to a node from anywhere (<see cref="RayOptions.Address"/>).
    /// </param>
    /// <param name="configure">Changes the other options from their defaults.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <returns>The runtime; dispose it to leave the cluster.</returns>
    /// <exception cref="ArgumentException">The address or an option cannot be meant; the message names it.</exception>
    public static Task<IRay> InitAsync(string address, Action<RayOptions>? configure = null, CancellationToken cancellationToken = default)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(address);
        RayOptions options = new() { Address = address };
        configure?.Invoke(options);
        return InitAsync(options, cancellationToken);
    }

    /// <summary>Starts a runtime: embedded nodes in this process, or a driver attached to a cluster.</summary>
    /// <param name="options">The options; not to be changed any more.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <returns>The runtime; dispose it to stop it.</returns>
    /// <exception cref="ArgumentException">An option cannot be meant; the message names it.</exception>
    /// <exception cref="InvalidOperationException">The package with the implementation is not referenced.</exception>
    public static async Task<IRay> InitAsync(RayOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Address ??= Environment.GetEnvironmentVariable(RayOptions.AddressVariable) is { Length: > 0 } address ? address : null;
        options.Validate();
        IRay ray = await RuntimeStarter.Find()(options, cancellationToken).ConfigureAwait(false);
        RayAmbient.AddDefault(ray);
        return ray;
    }
}
