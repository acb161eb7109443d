namespace RayOrleans;

/// <summary>The static <see cref="Ray"/> was used where no runtime is running.</summary>
public sealed class RayNotInitializedException : InvalidOperationException, IRayException
{
    private const string Help =
        "No Ray runtime is running here. Start one in this process: await using IRay ray = await Ray.InitAsync(); " +
        "or join a cluster: await Ray.InitAsync(\"ray://host:port\") or the environment variable RAYORLEANS_ADDRESS; " +
        "in an application with dependency injection take an IRay from it, or open a scope: using (Ray.Use(ray)) { ... }.";

    /// <summary>Makes the exception; its message says how to start a runtime.</summary>
    public RayNotInitializedException()
        : base(Help)
    {
    }

    /// <summary>Makes the exception with a message of its own.</summary>
    /// <param name="message">What happened.</param>
    /// <param name="innerException">The cause, if one is known.</param>
    public RayNotInitializedException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
