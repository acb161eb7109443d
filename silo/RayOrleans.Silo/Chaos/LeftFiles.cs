using System.Globalization;

namespace RayOrleans.Silo.Chaos;

/// <summary>Files of the runtime's that belong to processes which are gone.</summary>
internal static class LeftFiles
{
    private static readonly string[] Folders = ["/dev/shm", Path.GetTempPath()];

    /// <summary>What is left of these processes.</summary>
    public static IReadOnlyList<string> Of(IReadOnlyCollection<int> processes)
    {
        HashSet<string> ids = [.. processes.Select(p => p.ToString(CultureInfo.InvariantCulture))];
        return
        [
            .. Folders.Where(Directory.Exists)
                .SelectMany(static folder => Directory.EnumerateFileSystemEntries(folder, "rayorleans-*"))
                .Where(path => Path.GetFileName(path).Split('-', '.').Any(ids.Contains)),
        ];
    }
}
