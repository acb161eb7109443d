using System.Runtime.InteropServices;

namespace RayOrleans.Runtime.Code;

/// <summary>A program whose files are on this machine.</summary>
/// <param name="Package">Its files by content.</param>
/// <param name="Paths">Where each content is.</param>
internal sealed record LocalProgram(CodePackage Package, IReadOnlyDictionary<ContentHash, string> Paths)
{
    /// <summary>Makes the package of some files; those that are neither assemblies nor native libraries are left out.</summary>
    /// <param name="paths">The files; of several assemblies with one name the first counts.</param>
    public static LocalProgram Of(IEnumerable<string> paths)
    {
        Dictionary<(CodeFileKind, string, string), CodeFile> files = [];
        Dictionary<ContentHash, string> contents = [];
        foreach (string path in paths)
        {
            if (Describe(path) is { } file && files.TryAdd((file.Kind, file.Culture, file.Name), file))
            {
                contents.TryAdd(file.Hash, path);
            }
        }

        return new LocalProgram(new CodePackage(files.Values), contents);
    }

    /// <summary>The program in a folder, as a build or a publication leaves it: its files, its resources and its native libraries, but what every node has.</summary>
    public static LocalProgram OfFolder(string folder, SharedAssemblies shared)
    {
        string natives = Path.Combine(folder, "runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        IEnumerable<string> resources = Directory.EnumerateDirectories(folder).SelectMany(d => Directory.EnumerateFiles(d, "*.resources.dll"));
        return Of(
            Directory.EnumerateFiles(folder).Concat(resources).Concat(Directory.Exists(natives) ? Directory.EnumerateFiles(natives) : [])
                .Where(path => !shared.IsEverywhere(Path.GetFileNameWithoutExtension(path))).Order(StringComparer.Ordinal));
    }

    /// <summary>Makes the program's code available to every node of the cluster; the list of its files last, so that whoever finds it finds the files.</summary>
    public async Task PublishAsync(ICodeSource source, CancellationToken cancellationToken)
    {
        foreach ((ContentHash hash, string path) in Paths)
        {
            byte[] content = await ReadAsync(hash, path, cancellationToken).ConfigureAwait(false)
                ?? throw new InvalidOperationException($"{path} was changed while the program runs; start the program again, so that its nodes run what it runs.");
            await source.PublishAsync(hash, content, null, cancellationToken).ConfigureAwait(false);
        }

        await source.PublishAsync(Package.Hash, Package.Bytes, null, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Gives a shard that has started anew what it should have of the code, as far as that is still on this machine.</summary>
    public async Task RestoreAsync(ICodeSource source, int shard, CancellationToken cancellationToken)
    {
        foreach ((ContentHash hash, string path) in Paths)
        {
            if (await ReadAsync(hash, path, cancellationToken).ConfigureAwait(false) is { } content)
            {
                await source.PublishAsync(hash, content, shard, cancellationToken).ConfigureAwait(false);
            }
        }

        await source.PublishAsync(Package.Hash, Package.Bytes, shard, cancellationToken).ConfigureAwait(false);
    }

    private static async Task<byte[]?> ReadAsync(ContentHash hash, string path, CancellationToken cancellationToken)
    {
        try
        {
            byte[] content = await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
            return ContentHash.Of(content) == hash ? content : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static CodeFile? Describe(string path)
    {
        string name = Path.GetFileName(path);
        if (!CodeFile.IsPlain(name))
        {
            return null;
        }

        if (name.EndsWith(".dll", StringComparison.OrdinalIgnoreCase) && AssemblyFile.TryRead(path) is { } assembly)
        {
            // Exactly as it is loaded: a program may keep an assembly under another file name, but is asked for it by the assembly's.
            string file = assembly.Name + ".dll";
            return assembly.Culture.Length > 0
                ? new CodeFile(CodeFileKind.Satellite, file, Hash(path), default, assembly.Culture)
                : new CodeFile(CodeFileKind.Assembly, file, Hash(path), assembly.ModuleVersionId, "");
        }

        return NativeLibraries.IsOne(name) ? new CodeFile(CodeFileKind.Native, name, Hash(path), default, "") : null;
    }

    private static ContentHash Hash(string path) => ContentHash.Of(File.ReadAllBytes(path));
}
