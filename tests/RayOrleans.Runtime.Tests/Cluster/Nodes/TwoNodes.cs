using RayOrleans.Runtime.Cluster.Gcs;
using RayOrleans.Runtime.Cluster.InProcess;

namespace RayOrleans.Runtime.Tests.Cluster.Nodes;

/// <summary>Two nodes in this process, with a driver on the first.</summary>
internal sealed class TwoNodes : IAsyncDisposable
{
    /// <summary>For how long what a dead node held counts.</summary>
    public static readonly TimeSpan DeadHold = TimeSpan.FromMilliseconds(500);

    private TwoNodes(InProcessNodes nodes) => Nodes = nodes;

    public InProcessNodes Nodes { get; }

    public LocalNode First => Nodes.Nodes[0];

    public LocalNode Second => Nodes.Nodes[1];

    public IRay Ray => First.Driver;

    /// <summary>Options that send a task to the second node.</summary>
    public RemoteOptions Elsewhere => Ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(Second.Services.NodeId));

    public static TwoNodes Start(Action<RayOptions>? configure = null, int nodes = 2, Func<int, NodeStart, NodeStart>? start = null, Func<int, IShardJournal>? openJournal = null, TimeSpan? deadHold = null)
    {
        RayOptions options = Options(nodes);
        configure?.Invoke(options);
        InProcessClusterOptions cluster = new() { TickInterval = TimeSpan.FromMilliseconds(20), DeadHold = deadHold ?? DeadHold };
        return new TwoNodes(InProcessNodes.Start(options, openJournal is null ? cluster : cluster with { OpenJournal = openJournal }, start));
    }

    /// <summary>The options of a node.</summary>
    public static RayOptions Options(int nodes) => new() { Nodes = nodes, CpusPerNode = 2, ObjectStoreBytes = 256L << 20 };

    /// <summary>Waits until no node holds, runs or keeps anything.</summary>
    public async Task IsEmptyAsync()
    {
        await Patience.OnThread(() => Patience.Until(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return Nodes.Nodes.All(n => Left(n) == "");
            },
            () => "nothing is left: " + string.Join("; ", Nodes.Nodes.Select(Left))), "an empty cluster");
    }

    /// <summary>What every node knows of an object, for a test that waits in vain.</summary>
    public string Describe(ObjectId id) => string.Join("; ", Nodes.Nodes.Select(n => $"{n.Services.NodeId}: " + n.Services.Gate.Do(e => e.Describe(id))));

    public ValueTask DisposeAsync() => First.DisposeAsync();

    private static string Left(LocalNode node) => node.Services.Gate.Do(engine =>
    {
        var c = engine.Cluster!;
        return engine.LiveObjects + c.SharedObjects + c.ForeignTasks + c.ForwardedTasks + c.Transits == 0
            ? ""
            : $"{node.Services.NodeId}: live {engine.LiveObjects}, shared {c.SharedObjects}, foreign {c.ForeignTasks}, forwarded {c.ForwardedTasks}, transits {c.Transits}";
    });
}
