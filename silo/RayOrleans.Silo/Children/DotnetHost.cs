using System.Runtime.InteropServices;

namespace RayOrleans.Silo.Children;

/// <summary>The program that runs assemblies: that of this process's own runtime, which may have been started by its own executable or by a test runner.</summary>
internal static class DotnetHost
{
    /// <summary>Its path.</summary>
    public static string FileName { get; } =
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
}
