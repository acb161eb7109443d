using System.Reflection;
using System.Runtime.CompilerServices;

namespace RayOrleans.Grains;

/// <summary>What opens each kind of back end. That of Azure is an assembly of its own, which a silo has or has not.</summary>
internal static class GcsStores
{
    private const string AzureAssembly = "RayOrleans.Grains.Azure";
    private static IGcsStore? _azure;

    /// <summary>Called by the assembly of the Azure back end when it is loaded.</summary>
    public static void UseAzure(IGcsStore store) => _azure ??= store;

    /// <summary>What opens a kind; null: nothing is to be opened.</summary>
    /// <exception cref="NotSupportedException">The silo lacks the assembly for it.</exception>
    public static IGcsStore? Of(GcsBackEndKind kind) => kind switch
    {
        GcsBackEndKind.Memory => null,
        GcsBackEndKind.File => FileGcsStore.Instance,
        GcsBackEndKind.Postgres => PostgresGcsStore.Instance,
        _ => _azure ?? LoadAzure(),
    };

    private static IGcsStore LoadAzure()
    {
        try
        {
            RuntimeHelpers.RunModuleConstructor(Assembly.Load(AzureAssembly).ManifestModule.ModuleHandle);
        }
        catch (FileNotFoundException e)
        {
            throw new NotSupportedException($"{RayClusterOptions.ConfigurationSection}:{nameof(RayClusterOptions.Gcs)} is azure, and {AzureAssembly} is not there: add that project or package to the silo's.", e);
        }

        return _azure ?? throw new InvalidOperationException($"{AzureAssembly} was loaded and has not said what opens its back end.");
    }
}
