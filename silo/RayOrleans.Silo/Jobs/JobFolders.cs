using RayOrleans.Runtime.Files;

namespace RayOrleans.Silo.Jobs;

/// <summary>Where a silo keeps submitted programs and their output: a folder of its process, which the next job of another silo of this user removes once the process is gone.</summary>
internal static class JobFolders
{
    private static readonly Lazy<ProcessFolder> Own = new(static () => new ProcessFolder(Path.Combine(Path.GetTempPath(), $"rayorleans-jobs-{Environment.UserName}")));

    /// <summary>Makes the folder of a job of this process.</summary>
    /// <exception cref="IOException">It cannot be made.</exception>
    /// <exception cref="UnauthorizedAccessException">The folder above it is somebody else's.</exception>
    public static string Make(string job) => Directory.CreateDirectory(Path.Combine(Own.Value.FullName, job)).FullName;
}
