using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime.Processes;

/// <summary>What a node's processes, its workers and the drivers attached to it, reach of the node beside their sessions: its store, and answers to their questions.</summary>
internal sealed class ProcessAccess : IDisposable
{
    private readonly StoreServer _store;

    /// <param name="node">The node.</param>
    /// <param name="directory">Where the store's socket is made; null: the temporary folder.</param>
    public ProcessAccess(NodeServices node, string? directory = null)
    {
        _store = StoreServer.Start(node.Store, new StoreServerOptions
        {
            Directory = directory,
            InlineLimitBytes = Math.Min(node.Options.InlineThresholdBytes, StoreServerOptions.MaxInlineLimitBytes),
            ClientFailed = text => node.Events.Warn($"A process of this node: {text}"),
        });
        Lent = new LentValues(_store);
        Requests = new ProcessRequests(node);
    }

    /// <summary>Where the store is.</summary>
    public string StorePath => _store.SocketPath;

    /// <summary>The node's values that they read, and those that they make.</summary>
    public LentValues Lent { get; }

    /// <summary>Answers their questions.</summary>
    public ProcessRequests Requests { get; }

    /// <summary>A process has ended: what it has made and not handed over goes.</summary>
    public void EndKeys(ulong keys) => _store.EndKeys(keys);

    public void Dispose() => _store.Dispose();
}
