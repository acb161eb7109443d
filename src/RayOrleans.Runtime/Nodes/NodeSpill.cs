using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime;

/// <summary>The settings of a node's spilling, and what the store tells the node about it: the store is made before the node's other parts.</summary>
internal sealed class NodeSpill
{
    private NodeServices? _node;

    public NodeSpill(RayOptions options)
    {
        if (!options.Spilling)
        {
            return;
        }

        List<string> directories = [.. options.SpillDirectories];
        if (options.SpillDirectory is { } one && !directories.Contains(one))
        {
            directories.Insert(0, one);
        }

        Options = new SpillOptions
        {
            Directories = directories.Count > 0 ? directories : [DefaultDirectory()],
            Threshold = options.SpillThreshold,
            MaxBytes = options.SpillLimitBytes,
            BeforeSpill = bytes => Volatile.Read(ref _node)?.Collect.BeforeSpill(bytes),
        };
    }

    /// <summary>The store's settings; null: nothing is spilled.</summary>
    public SpillOptions? Options { get; }

    public void Attach(NodeServices node) => Volatile.Write(ref _node, node);

    public void Failed(Exception error) => Volatile.Read(ref _node)?.Events.Warn($"The object store: {error.Message}");

    private static string DefaultDirectory() => Path.Combine(Path.GetTempPath(), $"rayorleans-spill-{Environment.UserName}");
}
