using System.Text.Json;

namespace RayOrleans.Runtime.Code;

/// <summary>The files that this process runs from, as the host that started it lists them.</summary>
internal static class ProgramFiles
{
    private static readonly string FrameworkFolder = Path.GetDirectoryName(typeof(object).Assembly.Location) ?? "";
    private static readonly HashSet<string> RuntimePack = ReadRuntimePack();

    /// <summary>The assemblies that the default load context finds by name: the program's, those of its packages, the framework's.</summary>
    public static IReadOnlyList<string> Resolvable { get; } = [.. Paths("TRUSTED_PLATFORM_ASSEMBLIES").Where(p => p.EndsWith(".dll", StringComparison.OrdinalIgnoreCase))];

    /// <summary>Whether a file is the framework's: beside its core library or in another shared framework, or listed as such by a self-contained program.</summary>
    public static bool IsFramework(string path) =>
        RuntimePack.Contains(Path.GetFileName(path))
        || (Path.GetDirectoryName(path) is { } folder && IsSharedFramework(folder));

    /// <summary>The native libraries of the program and its packages for this platform.</summary>
    public static IEnumerable<string> Natives() =>
        Paths("NATIVE_DLL_SEARCH_DIRECTORIES").Append(AppContext.BaseDirectory)
            .Select(folder => Path.TrimEndingDirectorySeparator(folder)).Distinct(StringComparer.Ordinal)
            .Where(folder => Directory.Exists(folder) && !IsSharedFramework(folder))
            .SelectMany(Directory.EnumerateFiles)
            .Where(path => NativeLibraries.IsOne(Path.GetFileName(path)) && !IsFramework(path) && AssemblyFile.TryRead(path) is null);

    /// <summary>The resources beside an assembly, in one folder for each culture.</summary>
    public static IEnumerable<string> Satellites(string assembly)
    {
        string folder = Path.GetDirectoryName(assembly)!;
        string name = Path.GetFileNameWithoutExtension(assembly) + ".resources.dll";
        return Directory.Exists(folder) ? Directory.EnumerateDirectories(folder).Select(d => Path.Combine(d, name)).Where(File.Exists) : [];
    }

    /// <summary>A folder of a shared framework lies at <c>shared/NAME/VERSION</c>; the folder of a self-contained program holds the core library too.</summary>
    private static bool IsSharedFramework(string folder) =>
        FrameworkFolder.Length > 0 && RuntimePack.Count == 0
        && (folder == FrameworkFolder || Path.GetDirectoryName(Path.GetDirectoryName(folder)) == Path.GetDirectoryName(Path.GetDirectoryName(FrameworkFolder)));

    private static string[] Paths(string key) =>
        (AppContext.GetData(key) as string)?.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries) ?? [];

    /// <summary>The file names that the dependency lists of a self-contained program attribute to the runtime.</summary>
    private static HashSet<string> ReadRuntimePack()
    {
        HashSet<string> names = new(StringComparer.OrdinalIgnoreCase);
        foreach (string list in (AppContext.GetData("APP_CONTEXT_DEPS_FILES") as string)?.Split(';', StringSplitOptions.RemoveEmptyEntries) ?? [])
        {
            if (File.Exists(list))
            {
                using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(list));
                names.UnionWith(RuntimePackOf(document.RootElement));
            }
        }

        return names;
    }

    private static IEnumerable<string> RuntimePackOf(JsonElement list)
    {
        if (!list.TryGetProperty("targets", out JsonElement targets))
        {
            return [];
        }

        return from target in targets.EnumerateObject()
               from library in target.Value.EnumerateObject()
               where library.Name.StartsWith("runtimepack.", StringComparison.OrdinalIgnoreCase)
               from kind in (string[])["runtime", "native"]
               where library.Value.TryGetProperty(kind, out _)
               from file in library.Value.GetProperty(kind).EnumerateObject()
               select Path.GetFileName(file.Name);
    }
}
