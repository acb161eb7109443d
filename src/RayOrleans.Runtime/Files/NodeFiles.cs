using System.Globalization;
using RayOrleans.Core;
using RayOrleans.Runtime.Code;

namespace RayOrleans.Runtime.Files;

/// <summary>
/// The folders that worker processes of a node start in: one for a job and a content, made when the first process needs it, shared by the job's processes with that content, and
/// deleted once the job has ended and no process uses it. What a node that crashed has left is deleted by the next one of its user. Thread-safe.
/// </summary>
internal sealed class NodeFiles(NodeServices node) : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Dictionary<(JobId Job, string Files), UsedFolder> _folders = [];
    private ProcessFolder? _own;
    private int _made;
    private bool _isStopped;

    /// <summary>Beside the code of programs, on the same disk.</summary>
    private static string Root => Path.Combine(CodeCache.UsersFolder, "files");

    /// <summary>The folder with a content, for a process of a job, until <see cref="Release"/>.</summary>
    /// <param name="job">The job.</param>
    /// <param name="files">The content's name.</param>
    /// <exception cref="RuntimeEnvException">The content cannot be had, or the disk does not take it.</exception>
    public async Task<string> AcquireAsync(JobId job, string files)
    {
        UsedFolder folder;
        lock (_lock)
        {
            if (!_folders.TryGetValue((job, files), out folder!))
            {
                _folders.Add((job, files), folder = new UsedFolder());
                folder.Making = Task.Run(() => MakeAsync(job, files));
            }

            folder.Users++;
        }

        try
        {
            return await folder.Making.ConfigureAwait(false);
        }
        catch (Exception e) when (e is RayException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            lock (_lock)
            {
                folder.Users--;

                // The next one tries again.
                if (_folders.TryGetValue((job, files), out UsedFolder? current) && current == folder)
                {
                    _folders.Remove((job, files));
                }
            }

            throw new RuntimeEnvException($"The files {files} of runtimeEnv cannot be unpacked on node {node.NodeId}: {e.Message}", e) { NodeId = node.NodeId };
        }
    }

    /// <summary>A process that had a folder has ended.</summary>
    /// <param name="job">Its job.</param>
    /// <param name="files">The content's name.</param>
    /// <param name="hasEnded">Whether the job has ended.</param>
    public void Release(JobId job, string files, bool hasEnded)
    {
        lock (_lock)
        {
            if (!_folders.TryGetValue((job, files), out UsedFolder? folder) || --folder.Users > 0 || !hasEnded)
            {
                return;
            }

            _folders.Remove((job, files));
            Delete(folder.Making);
        }
    }

    /// <summary>A job has ended: its folders go, but those that its processes, or its detached actors', still use.</summary>
    public void EndJob(JobId job)
    {
        lock (_lock)
        {
            foreach ((JobId Job, string Files) key in _folders.Keys.Where(k => k.Job == job && _folders[k].Users == 0).ToList())
            {
                _folders.Remove(key, out UsedFolder? folder);
                Delete(folder!.Making);
            }
        }
    }

    /// <summary>Deletes what nodes that are gone have left behind.</summary>
    public void RemoveLeftovers() => Clean(static () => ProcessFolder.RemoveOthers(Root));

    /// <summary>Deletes all folders. The processes have ended.</summary>
    public void Dispose()
    {
        ProcessFolder? own;
        lock (_lock)
        {
            _isStopped = true;
            own = _own;
        }

        Clean(() => own?.Dispose());
    }

    private async Task<string> MakeAsync(JobId job, string files)
    {
        if (!ContentHash.TryParse(files, out ContentHash hash))
        {
            throw new RuntimeEnvException("that is no name of a content");
        }

        byte[] content = await node.Contents.FetchAsync(hash, CancellationToken.None).ConfigureAwait(false)
            ?? throw new RuntimeEnvException("they are not in the cluster's function table");
        if (ContentHash.Of(content) != hash)
        {
            throw new RuntimeEnvException($"they arrived damaged: their hash is {ContentHash.Of(content)}");
        }

        string folder = Directory.CreateDirectory(Place(job, files)).FullName;
        try
        {
            FilePackage.Unpack(content, folder);
        }
        catch
        {
            Clean(() => Directory.Delete(folder, recursive: true));
            throw;
        }

        return folder;
    }

    /// <summary>A path that was not used before: the folder of that content that an ended job has left to be deleted may still be there.</summary>
    private string Place(JobId job, string files)
    {
        lock (_lock)
        {
            if (_isStopped)
            {
                throw new InvalidOperationException("the node stops");
            }

            _own ??= new ProcessFolder(Root);
            return Path.Combine(_own.FullName, string.Create(CultureInfo.InvariantCulture, $"{job}-{files}-{++_made}"));
        }
    }

    private void Delete(Task<string> making) => _ = Task.Run(async () =>
    {
        await ((Task)making).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (making.IsCompletedSuccessfully)
        {
            Clean(() => Directory.Delete(making.Result, recursive: true));
        }
    });

    private void Clean(Action clean)
    {
        try
        {
            clean();
        }
        catch (DirectoryNotFoundException)
        {
            // The node has stopped meanwhile, and deleted all of them.
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            node.Events.Warn($"Files of runtimeEnv that are not used any more could not be deleted: {e.Message}");
        }
    }

    /// <summary>A folder and how many processes use it.</summary>
    private sealed class UsedFolder
    {
        public Task<string> Making { get; set; } = null!;

        public int Users { get; set; }
    }
}
