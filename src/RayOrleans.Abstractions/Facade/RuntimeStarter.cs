using System.Reflection;
using System.Runtime.CompilerServices;

namespace RayOrleans;

/// <summary>Finds the implementation that <c>Ray.InitAsync</c> starts. It registers itself when its assembly is initialised, which needs a push where nothing else uses it yet.</summary>
internal static class RuntimeStarter
{
    private static readonly string[] Implementations = ["RayOrleans", "RayOrleans.Client"];

    /// <summary>What starts a runtime.</summary>
    /// <exception cref="InvalidOperationException">The package with the implementation is not referenced.</exception>
    public static Func<RayOptions, CancellationToken, Task<IRay>> Find()
    {
        foreach (string name in Implementations)
        {
            if (RayAmbient.Starter is { } starter)
            {
                return starter;
            }

            if (TryLoad(name) is { } assembly)
            {
                RuntimeHelpers.RunModuleConstructor(assembly.ManifestModule.ModuleHandle);
            }
        }

        return RayAmbient.Starter ?? throw new InvalidOperationException(
            "There is no Ray runtime to start: only the programming model (RayOrleans.Abstractions) is loaded. Reference the package RayOrleans.");
    }

    private static Assembly? TryLoad(string name)
    {
        try
        {
            return Assembly.Load(new AssemblyName(name));
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }
}
