using System.Reflection;
using System.Runtime.Loader;

namespace RayOrleans.Runtime.Code;

/// <summary>
/// The code of the jobs that a node works for: loaded when a job first needs it, once per package however many jobs run it, unloaded with the last of them.
/// Thread-safe.
/// <code>
/// ContentHash package = code.PackageOf(invocation.Function, callers);   // what goes with a call; callers: the package of the attempt that submits
/// await code.PublishAsync(package, ...);                                // a driver, before the first call leaves its node
/// LoadedCode loaded = code.Find(package) ?? await code.AcquireAsync(package, job, ...);
/// Invocation call = loaded.Calls.Decode(bytes, inputs);                 // and loaded.Serializer for every value that the job's code reads
/// await code.EndJobAsync(job);
/// </code>
/// The code lives in the silo's process; a worker process is given a package in the same way and has a <see cref="NodeCode"/> of its own.
/// </summary>
internal sealed class NodeCode
{
    private readonly NodeServices _node;
    private readonly ICodeSource _source;
    private readonly Lazy<CodeCache> _cache;
    private readonly SharedAssemblies _shared;
    private readonly ProgramCode _program;
    private readonly LoadedCode _own;
    private readonly Lock _lock = new();
    private readonly Dictionary<ContentHash, CodeEntry> _entries = [];

    /// <summary>A node whose disk is not touched before the first code is loaded.</summary>
    public NodeCode(NodeServices node, ICodeSource source)
        : this(node, source, new Lazy<CodeCache>(() => new CodeCache()), SharedAssemblies.OfProcess, ProgramCode.OfProcess)
    {
    }

    public NodeCode(NodeServices node, ICodeSource source, CodeCache cache)
        : this(node, source, cache, SharedAssemblies.OfProcess, ProgramCode.OfProcess)
    {
    }

    public NodeCode(NodeServices node, ICodeSource source, CodeCache cache, SharedAssemblies shared, ProgramCode program)
        : this(node, source, new Lazy<CodeCache>(cache), shared, program)
    {
    }

    private NodeCode(NodeServices node, ICodeSource source, Lazy<CodeCache> cache, SharedAssemblies shared, ProgramCode program)
    {
        _node = node;
        _source = source;
        _cache = cache;
        _shared = shared;
        _program = program;
        _own = new LoadedCode(node, ContentHash.None);
    }

    /// <summary>The package that calls of a function need.</summary>
    /// <param name="function">The function.</param>
    /// <param name="callers">The package of the attempt that submits the call; <see cref="ContentHash.None"/> for a driver. A function of the framework is called with the caller's types.</param>
    /// <exception cref="RaySerializationException">The function's code cannot be sent.</exception>
    public ContentHash PackageOf(Delegate function, ContentHash callers) => PackageOf(function.Method.Module.Assembly, callers);

    /// <inheritdoc cref="PackageOf(Delegate, ContentHash)"/>
    public ContentHash PackageOf(Assembly assembly, ContentHash callers)
    {
        AssemblyLoadContext? context = AssemblyLoadContext.GetLoadContext(assembly);
        if (context is CodeContext shipped)
        {
            return shipped.Package;
        }

        if (!callers.IsNone)
        {
            return callers;
        }

        return context == AssemblyLoadContext.Default
            ? _program.Of(_shared.IsEverywhere(assembly.GetName().Name!) ? Assembly.GetEntryAssembly() ?? assembly : assembly).Package.Hash
            : throw new RaySerializationException(
                $"The code of {assembly.GetName().Name} cannot be sent to other nodes: it was loaded into the load context '{context?.Name}' of the program's own, which other nodes do not have.");
    }

    /// <summary>Makes this process' program available to the cluster.</summary>
    public Task PublishAsync(CancellationToken cancellationToken) =>
        _program.Known is { } program ? program.PublishAsync(_source, cancellationToken) : Task.CompletedTask;

    /// <summary>Gives a shard that has started anew what it should have of the code that is on this machine.</summary>
    /// <param name="shard">The shard.</param>
    /// <param name="withOwn">Whether this process' program was published.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task RestoreAsync(int shard, bool withOwn, CancellationToken cancellationToken)
    {
        List<LocalProgram> programs = [];
        lock (_lock)
        {
            programs.AddRange(_entries.Values.Where(e => e.Loading.IsCompletedSuccessfully).Select(e => e.Loading.Result.Program).OfType<LocalProgram>());
        }

        if (withOwn && _program.Known is { } own)
        {
            programs.Add(own);
        }

        foreach (LocalProgram program in programs)
        {
            await program.RestoreAsync(_source, shard, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>The function table.</summary>
    public ICodeSource Source => _source;

    /// <summary>The code of a package, where it is loaded.</summary>
    public LoadedCode? Find(ContentHash package)
    {
        if (IsOwn(package))
        {
            return _own;
        }

        lock (_lock)
        {
            return _entries.TryGetValue(package, out CodeEntry? entry) && entry.Loading.IsCompletedSuccessfully ? entry.Loading.Result : null;
        }
    }

    /// <summary>The code of a package for a job: loaded now if it is not, and kept at least until <see cref="EndJobAsync"/>.</summary>
    /// <exception cref="RayException">The cluster does not have the code, or it arrived damaged.</exception>
    public async ValueTask<LoadedCode> AcquireAsync(ContentHash package, JobId job, CancellationToken cancellationToken)
    {
        if (IsOwn(package))
        {
            return _own;
        }

        CodeEntry entry;
        lock (_lock)
        {
            if (!_entries.TryGetValue(package, out entry!))
            {
                // Whoever waits may give up; the others and later calls still want it.
                entry = new CodeEntry(Task.Run(() => LoadAsync(package), CancellationToken.None));
                _entries.Add(package, entry);
            }

            entry.Jobs.Add(job);
        }

        try
        {
            return await entry.Loading.WaitAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (Exception) when (entry.Loading.IsFaulted)
        {
            lock (_lock)
            {
                // The next call tries again.
                if (_entries.TryGetValue(package, out CodeEntry? current) && current == entry)
                {
                    _entries.Remove(package);
                }
            }

            throw;
        }
    }

    /// <summary>A job has ended: what only it needed is unloaded, and its files are deleted.</summary>
    /// <returns>Ends when the files are gone; the code itself goes when the last of its objects is collected.</returns>
    public Task EndJobAsync(JobId job)
    {
        List<Task> ends = [];
        lock (_lock)
        {
            foreach ((ContentHash package, CodeEntry entry) in _entries.ToArray())
            {
                if (entry.Jobs.Remove(job) && entry.Jobs.Count == 0)
                {
                    _entries.Remove(package);
                    ends.Add(Task.Run(() => UnloadAsync(entry.Loading)));
                }
            }
        }

        return Task.WhenAll(ends);
    }

    /// <summary>A process that loaded code has ended without letting go of it: what nobody else uses is deleted.</summary>
    public ValueTask SweepAsync(CancellationToken cancellationToken) => _cache.Value.SweepAsync(cancellationToken);

    private bool IsOwn(ContentHash package) => package.IsNone || package == _program.Known?.Package.Hash;

    private async Task<LoadedCode> LoadAsync(ContentHash hash)
    {
        CodePackage package = CodePackage.Read(await CodeCache.FetchAsync(hash, "of a program", _source, CancellationToken.None).ConfigureAwait(false));
        HashSet<string> same = _shared.SameBuilds(package);
        CodeFile[] needed = [.. package.Files.Where(f => f.Kind != CodeFileKind.Assembly || !same.Contains(f.SimpleName))];
        Dictionary<ContentHash, string> paths = [];
        foreach (CodeFile file in package.Files.Except(needed))
        {
            paths.TryAdd(file.Hash, _shared.PathOf(file.SimpleName)!);
        }

        if (!Array.Exists(needed, f => f.Kind == CodeFileKind.Assembly))
        {
            // This process has all of it in the same build: the driver's own node, or another node of the same program.
            return new LoadedCode(_node, hash, new LocalProgram(package, paths));
        }

        return new LoadedCode(_node, await MakeContextAsync(package, needed, paths).ConfigureAwait(false));
    }

    private async Task<CodeContext> MakeContextAsync(CodePackage package, CodeFile[] needed, Dictionary<ContentHash, string> paths)
    {
        Dictionary<ContentHash, CodeLease> leases = [];
        List<(CodeFile, string)> files = [];
        try
        {
            foreach (CodeFile file in needed)
            {
                // Native libraries look for each other beside themselves, so those of a package share a folder.
                ContentHash group = file.Kind == CodeFileKind.Native ? package.Hash : file.Hash;
                if (!leases.TryGetValue(group, out CodeLease? lease))
                {
                    leases.Add(group, lease = await _cache.Value.LeaseAsync(group, CancellationToken.None).ConfigureAwait(false));
                }

                string path = await CodeCache.GetAsync(file, lease, _source, CancellationToken.None).ConfigureAwait(false);
                files.Add((file, path));
                paths.TryAdd(file.Hash, path);
            }

            return new CodeContext(new LocalProgram(package, paths), files, [.. leases.Values], _shared);
        }
        catch
        {
            await _cache.Value.ReleaseAsync(leases.Values, CancellationToken.None).ConfigureAwait(false);
            throw;
        }
    }

    private async Task UnloadAsync(Task<LoadedCode> loading)
    {
        await ((Task)loading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (loading.IsCompletedSuccessfully && loading.Result.Context is { } context)
        {
            context.Unload();
            await _cache.Value.ReleaseAsync(context.Leases, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
