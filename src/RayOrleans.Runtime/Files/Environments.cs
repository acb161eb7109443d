using System.Runtime.CompilerServices;
using RayOrleans.Core;

namespace RayOrleans.Runtime.Files;

/// <summary>
/// The environments that programs ask for in this process, in the engine's form: files are read once for each object that says so, and are in the function table before any task that
/// needs them is submitted. Thread-safe.
/// </summary>
internal sealed class Environments(NodeServices node)
{
    private readonly ConditionalWeakTable<RuntimeEnv, Entry> _entries = [];

    /// <summary>The environment of what this process' driver submits; null: the node's.</summary>
    public ProcessEnvironment? OfJob => node.Options.RuntimeEnv is { } environment ? Of(environment) : null;

    /// <summary>Reads the files of a job's environment, before its runtime is started.</summary>
    /// <exception cref="RuntimeEnvException">They cannot be had.</exception>
    public static FilePackage? Read(RayOptions options) => options.RuntimeEnv is { } environment ? Read(environment, options) : null;

    /// <summary>Takes what was read.</summary>
    public void Add(RuntimeEnv environment, FilePackage? package) => _entries.Add(environment, new Entry { Package = package, IsRead = true });

    /// <summary>An environment; null: what it asks for is the node's own. Blocks while its files are read and published, the first time.</summary>
    /// <exception cref="RuntimeEnvException">Its files cannot be had.</exception>
    public ProcessEnvironment? Of(RuntimeEnv environment)
    {
        Entry entry = _entries.GetValue(environment, static _ => new Entry());
        return entry.IsPublished ? entry.Environment : Make(environment, entry);
    }

    private ProcessEnvironment? Make(RuntimeEnv environment, Entry entry)
    {
        lock (entry)
        {
            if (!entry.IsPublished)
            {
                if (!entry.IsRead)
                {
                    entry.Package = Read(environment, node.Options);
                    entry.IsRead = true;
                }

                if (entry.Package is { } package)
                {
                    Publish(package);
                }

                entry.Environment = ProcessEnvironment.Of(environment.EnvironmentVariables, entry.Package?.Hash.ToString());
                entry.Package = null;
                entry.IsPublished = true;
            }

            return entry.Environment;
        }
    }

    private static FilePackage? Read(RuntimeEnv environment, RayOptions options) =>
        FileList.Of(environment, options.MaxRuntimeEnvBytes) is { } list ? FilePackage.Of(list) : null;

    private void Publish(FilePackage package)
    {
        try
        {
            // Not on a context that may need this thread.
            Task.Run(() => node.Contents.PublishAsync(package.Hash, package.Bytes, null, CancellationToken.None).AsTask()).GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is RayException or IOException or InvalidOperationException)
        {
            throw new RuntimeEnvException($"The files of runtimeEnv ({package.Bytes.Length} bytes) could not be published: {e.Message}", e) { NodeId = node.NodeId };
        }
    }

    private sealed class Entry
    {
        private volatile bool _isPublished;

        public bool IsPublished
        {
            get => _isPublished;
            set => _isPublished = value;
        }

        public bool IsRead { get; set; }

        public FilePackage? Package { get; set; }

        public ProcessEnvironment? Environment { get; set; }
    }
}
