using System.Reflection;
using System.Runtime.CompilerServices;

namespace RayOrleans;

/// <summary>
/// Finds what joins a running cluster. It lives in RayOrleans.Grains, which brings Orleans; a node of its own starts in milliseconds because
/// nothing of it is loaded until an address is given.
/// </summary>
internal static class ClusterJoin
{
    private const string Implementation = "RayOrleans.Grains";

    /// <summary>Starts a node in this process that joins the cluster at the options' address; set by that assembly's initializer.</summary>
    public static Func<RayOptions, CancellationToken, Task<IRay>>? Starter { get; set; }

    /// <exception cref="InvalidOperationException">The package is not referenced.</exception>
    public static Task<IRay> StartAsync(RayOptions options, CancellationToken cancellationToken)
    {
        if (Starter is null)
        {
            Load();
        }

        return Starter is { } starter
            ? starter(options, cancellationToken)
            : throw new InvalidOperationException(
                $"Joining the cluster at {options.Address} needs a silo in this process: reference the package {Implementation}. " +
                $"To start an embedded node instead, leave Address and {RayOptions.AddressVariable} unset.");
    }

    private static void Load()
    {
        try
        {
            RuntimeHelpers.RunModuleConstructor(Assembly.Load(new AssemblyName(Implementation)).ManifestModule.ModuleHandle);
        }
        catch (FileNotFoundException)
        {
            // The caller says what to do about it.
        }
    }
}
