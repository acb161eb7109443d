namespace RayOrleans.Runtime.Code;

/// <summary>
/// Files of programs on this machine's disk, one folder per content, shared by the nodes of one user. Files appear whole or not at all, because they are moved
/// into place after they were written; every process checks what it finds by its hash before it uses it. Folders are deleted when no process uses them any more:
/// by the one that used them last, or, if that was killed, by the next that sweeps. Who uses one holds a lock on a file in it, which ends with the process. Thread-safe.
/// </summary>
internal sealed class CodeCache
{
    /// <summary>The environment variable that names another folder.</summary>
    public const string FolderVariable = "RAYORLEANS_CODE_CACHE";

    private const string InUse = ".use";
    private const string Changing = ".lock";
    private const int MaxWaits = 3000;
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode Others = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private static readonly TimeSpan Wait = TimeSpan.FromMilliseconds(10);

    private readonly TimeProvider _time;
    private int _swept;

    /// <summary>Opens or makes a cache.</summary>
    /// <param name="folder">The folder; null: the one that <see cref="FolderVariable"/> names, else one of the user's own.</param>
    /// <param name="time">The clock for waiting for other processes; null: the system's.</param>
    /// <exception cref="InvalidOperationException">Others may write into the folder.</exception>
    public CodeCache(string? folder = null, TimeProvider? time = null)
    {
        _time = time ?? TimeProvider.System;
        Folder = folder is null ? UsersFolder : Path.GetFullPath(folder);
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(Folder);
            return;
        }

        Directory.CreateDirectory(Folder, OwnerOnly);
        if ((File.GetUnixFileMode(Folder) & Others) != 0)
        {
            throw new InvalidOperationException($"Other users may write into {Folder}, from which code is loaded; make it the owner's alone, or name another folder in {FolderVariable}.");
        }
    }

    /// <summary>The folder that is used where none is named; it need not be there.</summary>
    public static string UsersFolder => Path.GetFullPath(Environment.GetEnvironmentVariable(FolderVariable) ?? DefaultFolder());

    /// <summary>The folder.</summary>
    public string Folder { get; }

    /// <summary>Fetches and checks a content that is not kept on disk.</summary>
    /// <exception cref="RayException">The cluster does not have it, or has something else.</exception>
    public static async ValueTask<byte[]> FetchAsync(ContentHash hash, string name, ICodeSource source, CancellationToken cancellationToken)
    {
        byte[] content = await source.FetchAsync(hash, cancellationToken).ConfigureAwait(false)
            ?? throw new RayException($"The code {name} ({hash}) is not in the cluster's function table: its program has ended, or has not published it.");
        return ContentHash.Of(content) == hash
            ? content
            : throw new RayException($"The code {name} ({hash}) arrived damaged: its content has the hash {ContentHash.Of(content)}.");
    }

    /// <summary>Makes sure that a folder exists and stays.</summary>
    /// <param name="group">The folder: the hash of its one file, or of what its files have in common.</param>
    /// <param name="cancellationToken">Ends the waiting for another process that changes the cache.</param>
    public async ValueTask<CodeLease> LeaseAsync(ContentHash group, CancellationToken cancellationToken)
    {
        using FileStream changing = await LockAsync(cancellationToken).ConfigureAwait(false);
        if (Interlocked.Exchange(ref _swept, 1) == 0)
        {
            Sweep();
        }

        string folder = FolderOf(group);
        Directory.CreateDirectory(folder);
        return new CodeLease(group, folder, new FileStream(Path.Combine(folder, InUse), FileMode.OpenOrCreate, FileAccess.Read, FileShare.Read));
    }

    /// <summary>The path of a file in a leased folder, fetched if it is not there or damaged.</summary>
    /// <exception cref="RayException">The cluster does not have it, or has something else.</exception>
    public static async ValueTask<string> GetAsync(CodeFile file, CodeLease lease, ICodeSource source, CancellationToken cancellationToken)
    {
        string path = Path.Combine(lease.Folder, file.Culture, file.Name);
        if (!File.Exists(path) || ContentHash.Of(await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false)) != file.Hash)
        {
            byte[] content = await FetchAsync(file.Hash, file.Name, source, cancellationToken).ConfigureAwait(false);
            await WriteAsync(path, content, cancellationToken).ConfigureAwait(false);
        }

        return path;
    }

    /// <summary>Ends leases and deletes the folders that nobody else uses.</summary>
    public async ValueTask ReleaseAsync(IReadOnlyCollection<CodeLease> leases, CancellationToken cancellationToken)
    {
        using FileStream changing = await LockAsync(cancellationToken).ConfigureAwait(false);
        foreach (CodeLease lease in leases)
        {
            lease.Dispose();
            RemoveUnused(lease.Folder);
        }
    }

    /// <summary>Deletes the folders that nobody uses: what processes have left that were killed.</summary>
    public async ValueTask SweepAsync(CancellationToken cancellationToken)
    {
        using FileStream changing = await LockAsync(cancellationToken).ConfigureAwait(false);
        Sweep();
    }

    private static string DefaultFolder()
    {
        string data = Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData);
        return data.Length > 0
            ? Path.Combine(data, "RayOrleans", "code")
            : Path.Combine(Path.GetTempPath(), $"rayorleans-{Environment.UserName}", "code");
    }

    private string FolderOf(ContentHash group) => Path.Combine(Folder, group.ToString());

    private void Sweep()
    {
        foreach (string folder in Directory.EnumerateDirectories(Folder).Where(f => ContentHash.TryParse(Path.GetFileName(f), out _)))
        {
            RemoveUnused(folder);
        }
    }

    private static void RemoveUnused(string folder)
    {
        try
        {
            using (new FileStream(Path.Combine(folder, InUse), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
            {
                // Nobody holds a lease, and nobody gets one meanwhile: that takes the lock on the whole cache.
            }

            Directory.Delete(folder, recursive: true);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Somebody uses it, or it is gone. Where the system keeps files that were just unloaded, the next sweep finds it.
            return;
        }
    }

    /// <summary>Writes beside the place and moves into it, so that no process ever sees a part; of two that write the same content either may win.</summary>
    private static async ValueTask WriteAsync(string path, byte[] content, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string draft = $"{path}.{Guid.NewGuid():n}.part";
        await using (FileStream stream = new(draft, FileMode.Create, FileAccess.Write, FileShare.None, 1, FileOptions.Asynchronous))
        {
            await stream.WriteAsync(content, cancellationToken).ConfigureAwait(false);
            stream.Flush(flushToDisk: true);
        }

        File.Move(draft, path, overwrite: true);
    }

    /// <summary>The right to make and delete folders; held for moments. Nothing wakes a waiter when another process lets go of a file, so it looks again and again.</summary>
    private async ValueTask<FileStream> LockAsync(CancellationToken cancellationToken)
    {
        for (int waits = 0; ; waits++)
        {
            try
            {
                return new FileStream(Path.Combine(Folder, Changing), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (waits < MaxWaits && Directory.Exists(Folder))
            {
                await Task.Delay(Wait, _time, cancellationToken).ConfigureAwait(false);
            }
        }
    }
}
