using System.Text;

namespace RayOrleans.Runtime.Files;

/// <summary>The files and folders that an environment names, found and checked; nothing of them is read yet.</summary>
internal sealed class FileList
{
    /// <summary>What an entry counts besides its path and its bytes, so that many empty files are bounded too.</summary>
    private const int EntryBytes = 16;

    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly SortedDictionary<string, FileSource> _entries = new(StringComparer.Ordinal);
    private readonly long _limit;
    private long _counted;

    private FileList(long limit) => _limit = limit;

    /// <summary>The entries by path, sorted.</summary>
    public IReadOnlyDictionary<string, FileSource> Entries => _entries;

    /// <summary>How many bytes the files have.</summary>
    public long Bytes { get; private set; }

    /// <summary>Lists what an environment names; null: no files.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="limit">The most bytes.</param>
    /// <exception cref="RuntimeEnvException">Something is missing, too much, or not allowed; the message says what.</exception>
    public static FileList? Of(RuntimeEnv environment, long limit)
    {
        if (environment.WorkingDirectory is null && environment.Files is null or { Count: 0 })
        {
            return null;
        }

        FileList list = new(limit);
        if (environment.WorkingDirectory is { } directory)
        {
            string folder = FullPath(directory, "runtimeEnv.WorkingDirectory");
            if (!Directory.Exists(folder))
            {
                throw new RuntimeEnvException(File.Exists(folder)
                    ? $"runtimeEnv.WorkingDirectory is {folder}, which is a file; it must be a folder. Name single files in runtimeEnv.Files."
                    : $"runtimeEnv.WorkingDirectory is {folder}, which does not exist on this machine.");
            }

            list.AddFolder("", folder, folder);
        }

        foreach ((string path, string source) in environment.Files ?? new Dictionary<string, string>())
        {
            list.AddNamed(path, source);
        }

        return list;
    }

    private void AddNamed(string path, string source)
    {
        string option = $"runtimeEnv.Files[\"{path}\"]";
        if (FilePath.ProblemOf(path) is { } problem)
        {
            throw new RuntimeEnvException($"{option} cannot be a path there: {problem}.");
        }

        string full = FullPath(source, option);
        if (Directory.Exists(full))
        {
            Add(path, FileSource.Folder, full);
            AddFolder(path + "/", full, full);
        }
        else if (File.Exists(full))
        {
            FileInfo file = new(full);
            Add(path, Describe(file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file), full);
        }
        else
        {
            throw new RuntimeEnvException($"{option} is {full}, which does not exist on this machine.");
        }
    }

    private void AddFolder(string prefix, string folder, string root)
    {
        FileSystemInfo[] found;
        try
        {
            found = [.. new DirectoryInfo(folder).EnumerateFileSystemInfos("*", Everything)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RuntimeEnvException($"The folder {folder} of runtimeEnv cannot be read: {e.Message}", e);
        }

        foreach (FileSystemInfo entry in found)
        {
            string path = prefix + entry.Name;
            if (FilePath.ProblemOf(path) is { } problem)
            {
                throw new RuntimeEnvException($"{entry.FullName} cannot come along with runtimeEnv: {problem}.");
            }

            if (entry.LinkTarget is not null)
            {
                Add(path, Describe(TargetOf(entry, root)), entry.FullName);
            }
            else if (entry is FileInfo file)
            {
                Add(path, Describe(file), entry.FullName);
            }
            else
            {
                Add(path, FileSource.Folder, entry.FullName);
                AddFolder(path + "/", entry.FullName, root);
            }
        }
    }

    private static FileSource Describe(FileInfo file)
    {
        try
        {
            return FileSource.Of(file);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RuntimeEnvException($"The file {file.FullName} of runtimeEnv cannot be read: {e.Message}", e);
        }
    }

    /// <summary>The file that a link inside a folder leads to, which must be one of the folder: it comes along as a file of its own.</summary>
    private static FileInfo TargetOf(FileSystemInfo link, string root)
    {
        FileSystemInfo? target;
        try
        {
            target = link.ResolveLinkTarget(returnFinalTarget: true);
        }
        catch (IOException e)
        {
            throw new RuntimeEnvException($"The link {link.FullName} of runtimeEnv cannot be followed: {e.Message}", e);
        }

        if (target is null || !target.Exists)
        {
            throw new RuntimeEnvException($"{link.FullName} of runtimeEnv is a link to {link.LinkTarget}, which does not exist.");
        }

        if (target is not FileInfo file)
        {
            throw new RuntimeEnvException($"{link.FullName} of runtimeEnv is a link to a folder, {link.LinkTarget}; name that folder in runtimeEnv.Files instead.");
        }

        return IsBelow(file.FullName, root)
            ? file
            : throw new RuntimeEnvException($"{link.FullName} of runtimeEnv is a link to {file.FullName}, which is outside of {root}; name that file in runtimeEnv.Files instead.");
    }

    private static bool IsBelow(string path, string root) =>
        path.StartsWith(Path.EndsInDirectorySeparator(root) ? root : root + Path.DirectorySeparatorChar, StringComparison.Ordinal);

    private static string FullPath(string path, string option)
    {
        try
        {
            return Path.GetFullPath(path);
        }
        catch (Exception e) when (e is ArgumentException or PathTooLongException or NotSupportedException)
        {
            throw new RuntimeEnvException($"{option} is \"{path}\", which is no path: {e.Message}", e);
        }
    }

    private void Add(string path, FileSource entry, string where)
    {
        bool isFolder = entry.Path is null;
        if (_entries.TryGetValue(path, out FileSource? other) && !(isFolder && other.Path is null))
        {
            throw new RuntimeEnvException($"runtimeEnv has two of {path}: {other.Path ?? "a folder"} and {where}. Give one of them another path in runtimeEnv.Files.");
        }

        foreach (string folder in FilePath.FoldersOf(path))
        {
            if (_entries.TryGetValue(folder, out FileSource? above))
            {
                if (above.Path is not null)
                {
                    throw new RuntimeEnvException($"runtimeEnv has two of {folder}: the file {above.Path}, and a folder for {where}. Give one of them another path in runtimeEnv.Files.");
                }

                // It is there, and so are those above.
                break;
            }

            _entries.Add(folder, FileSource.Folder);
            Count(folder, FileSource.Folder);
        }

        if (other is null)
        {
            _entries.Add(path, entry);
            Count(path, entry);
        }
    }

    private void Count(string path, FileSource entry)
    {
        Bytes += entry.Length;
        _counted += entry.Length + EntryBytes + Encoding.UTF8.GetByteCount(path);
        if (_counted > _limit)
        {
            throw new RuntimeEnvException(
                $"The files of runtimeEnv have more than {_limit} bytes (after {_entries.Count} files and folders, at {path} with {entry.Length} bytes), and RayOptions.MaxRuntimeEnvBytes allows no more. " +
                "Name a smaller folder, raise the limit, put large data with Ray.Put and pass the reference, or leave it where all nodes can read it.");
        }
    }
}
