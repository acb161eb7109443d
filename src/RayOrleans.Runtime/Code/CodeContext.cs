using System.Reflection;
using System.Runtime.Loader;

namespace RayOrleans.Runtime.Code;

/// <summary>
/// A program that this process was not built with: its own assemblies from the cache, everything it has in common with the process from the default context.
/// It can be unloaded.
/// </summary>
internal sealed class CodeContext : AssemblyLoadContext
{
    private readonly Dictionary<string, string> _assemblies;
    private readonly Dictionary<(string Culture, string Name), string> _satellites;
    private readonly Dictionary<string, string> _natives;
    private readonly SharedAssemblies _shared;
    private volatile WeakReference<LoadedCode>? _code;

    public CodeContext(LocalProgram program, IEnumerable<(CodeFile File, string Path)> files, IReadOnlyList<CodeLease> leases, SharedAssemblies shared)
        : base($"code {program.Package.Hash}", isCollectible: true)
    {
        Program = program;
        Leases = leases;
        _shared = shared;
        ILookup<CodeFileKind, (CodeFile File, string Path)> byKind = files.ToLookup(f => f.File.Kind);
        _assemblies = byKind[CodeFileKind.Assembly].ToDictionary(f => f.File.SimpleName, f => f.Path, StringComparer.OrdinalIgnoreCase);
        _satellites = byKind[CodeFileKind.Satellite].ToDictionary(f => (f.File.Culture, f.File.SimpleName), f => f.Path);
        _natives = byKind[CodeFileKind.Native].ToDictionary(f => f.File.Name, f => f.Path, StringComparer.OrdinalIgnoreCase);
    }

    /// <summary>Where the files of its package are, those that the process shares with it included.</summary>
    public LocalProgram Program { get; }

    /// <summary>The package it was made of.</summary>
    public ContentHash Package => Program.Package.Hash;

    /// <summary>
    /// What knows its types; null: nobody uses that any more. Weak, because the runtime itself holds a context that is being unloaded until the last object of its
    /// types is gone, and what knows them holds some.
    /// </summary>
    public LoadedCode? Code
    {
        get => _code is { } code && code.TryGetTarget(out LoadedCode? target) ? target : null;
        set => _code = value is null ? null : new WeakReference<LoadedCode>(value);
    }

    /// <summary>What keeps its files on disk: assemblies and libraries are loaded when they are first used.</summary>
    public IReadOnlyList<CodeLease> Leases { get; }

    /// <summary>The context that a type is of, or one of its type arguments; null: none.</summary>
    public static CodeContext? Of(Type type)
    {
        // A closed generic type of the framework is collectible too where an argument is.
        if (!type.IsCollectible)
        {
            return null;
        }

        if (GetLoadContext(type.Assembly) is CodeContext context)
        {
            return context;
        }

        return type.HasElementType ? Of(type.GetElementType()!) : type.GetGenericArguments().Select(Of).FirstOrDefault(c => c is not null);
    }

    /// <inheritdoc/>
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string name = assemblyName.Name!;
        if (assemblyName.CultureName is { Length: > 0 } culture)
        {
            return _satellites.TryGetValue((culture, name), out string? resources) ? LoadFromAssemblyPath(resources) : null;
        }

        // Null: the default context resolves it.
        return _assemblies.TryGetValue(name, out string? path) && !IsPreferred(assemblyName) ? LoadFromAssemblyPath(path) : null;
    }

    /// <inheritdoc/>
    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        foreach (string name in NativeLibraries.Candidates(unmanagedDllName))
        {
            if (_natives.TryGetValue(name, out string? path))
            {
                return LoadUnmanagedDllFromPath(path);
            }
        }

        return 0;
    }

    /// <summary>The abstractions of hosting are best had in common with the process, as long as its version is not older than what is asked for.</summary>
    private bool IsPreferred(AssemblyName wanted) =>
        wanted.Name!.StartsWith("Microsoft.Extensions.", StringComparison.OrdinalIgnoreCase)
        && _shared.Find(wanted.Name) is { } have && have.Version >= (wanted.Version ?? new Version());
}
