using System.Collections.Concurrent;
using System.Runtime.Loader;

namespace RayOrleans.Runtime.Code;

/// <summary>
/// The assemblies that shipped code shares with this process instead of bringing its own: the framework's, those of RayOrleans and Orleans, whose types it must
/// have in common with the node, and any that the process happens to have in the same build. Thread-safe.
/// </summary>
internal sealed class SharedAssemblies
{
    private static readonly HashSet<string> PlatformNames = new(StringComparer.OrdinalIgnoreCase)
    {
        "RayOrleans", "RayOrleans.Abstractions", "RayOrleans.Core", "RayOrleans.ObjectStore", "RayOrleans.Serialization", "RayOrleans.Runtime",
        "RayOrleans.Worker", "RayOrleans.Client", "RayOrleans.Grains.Abstractions", "RayOrleans.Grains", "RayOrleans.Silo",
    };

    private readonly Dictionary<string, string> _paths = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> _everywhere = new(StringComparer.OrdinalIgnoreCase);
    private readonly Func<string, string?>? _loaded;
    private readonly ConcurrentDictionary<string, AssemblyFile?> _files = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Looks at what a process can resolve.</summary>
    /// <param name="resolvable">The paths that the default load context resolves names to.</param>
    /// <param name="isFramework">Whether a path is one of the framework's.</param>
    /// <param name="loaded">Where an assembly is that the default load context has besides, by its name; null: it has no others.</param>
    public SharedAssemblies(IEnumerable<string> resolvable, Func<string, bool> isFramework, Func<string, string?>? loaded = null)
    {
        _loaded = loaded;
        foreach (string path in resolvable)
        {
            string name = Path.GetFileNameWithoutExtension(path);
            if (_paths.TryAdd(name, path) && (isFramework(path) || IsPlatform(name)))
            {
                _everywhere.Add(name);
            }
        }

        AddReferencesOf(typeof(SharedAssemblies).Assembly.GetName().Name!);
    }

    /// <summary>Those of this process.</summary>
    public static SharedAssemblies OfProcess { get; } = new(ProgramFiles.Resolvable, ProgramFiles.IsFramework, LoadedPath);

    /// <summary>Whether every node has an assembly of that name, so that it is not shipped.</summary>
    public bool IsEverywhere(string name) => _everywhere.Contains(name) || IsPlatform(name);

    /// <summary>What this process has under a name, without loading it; null: nothing.</summary>
    public AssemblyFile? Find(string name) => _files.GetOrAdd(name, Read);

    /// <summary>Where the process has it; null: nowhere.</summary>
    public string? PathOf(string name) => _paths.TryGetValue(name, out string? path) && File.Exists(path) ? path : _loaded?.Invoke(name) is { Length: > 0 } loaded ? loaded : null;

    /// <summary>
    /// The files of a package that this process has in the same build, together with everything they use. One that uses an assembly in another build stays
    /// the package's own: else there would be two of that.
    /// </summary>
    public HashSet<string> SameBuilds(CodePackage package)
    {
        CodeFile[] assemblies = [.. package.Files.Where(f => f.Kind == CodeFileKind.Assembly)];
        HashSet<string> own = new(assemblies.Select(f => f.SimpleName), StringComparer.OrdinalIgnoreCase);
        HashSet<string> same = new(
            assemblies.Where(f => Find(f.SimpleName)?.ModuleVersionId == f.ModuleVersionId).Select(f => f.SimpleName), StringComparer.OrdinalIgnoreCase);
        int before;
        do
        {
            before = same.Count;
            same.RemoveWhere(name => Find(name)!.References.Any(r => own.Contains(r) && !same.Contains(r)));
        }
        while (same.Count < before);
        return same;
    }

    private static bool IsPlatform(string name) =>
        name.StartsWith("Orleans.", StringComparison.OrdinalIgnoreCase) || name.StartsWith("Microsoft.Orleans.", StringComparison.OrdinalIgnoreCase)
        || PlatformNames.Contains(name);

    /// <summary>What RayOrleans itself needs is on every node.</summary>
    private void AddReferencesOf(string root)
    {
        Queue<string> pending = new([root]);
        HashSet<string> seen = new([root], StringComparer.OrdinalIgnoreCase);
        while (pending.TryDequeue(out string? name))
        {
            foreach (string reference in Find(name)?.References ?? [])
            {
                if (_paths.ContainsKey(reference) && seen.Add(reference))
                {
                    pending.Enqueue(reference);
                }
            }
        }

        _everywhere.UnionWith(seen);
    }

    private AssemblyFile? Read(string name) => PathOf(name) is { } path ? AssemblyFile.TryRead(path) : null;

    private static string? LoadedPath(string name) =>
        AssemblyLoadContext.Default.Assemblies.FirstOrDefault(a => string.Equals(a.GetName().Name, name, StringComparison.OrdinalIgnoreCase))?.Location;
}
