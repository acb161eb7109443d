using RayOrleans.Core;

namespace RayOrleans.Runtime.Processes;

/// <summary>Placement groups as a process of a node sees them: its node has them.</summary>
internal sealed class ProcessGroups(NodeServices node) : PlacementGroupControl
{
    public async ValueTask<PlacementGroup> CreateAsync(IReadOnlyList<Bundle> bundles, PlacementStrategy strategy, string? name, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(bundles);
        GroupQuestion question = new([.. bundles.Select(BundleTerms.Of)], strategy, name);
        PlacementGroupId id = await NodeAnswer.AskAsync<GroupQuestion, PlacementGroupId>(node, NodeRequest.GroupCreate, question, cancellationToken).ConfigureAwait(false);
        return new PlacementGroup(id, [.. bundles], strategy, name, this);
    }

    public override async ValueTask ReadyAsync(PlacementGroupId id, TimeSpan? timeout, CancellationToken cancellationToken) =>
        _ = await NodeAnswer.AskAsync<(PlacementGroupId, TimeSpan?), bool>(node, NodeRequest.GroupReady, (id, timeout), cancellationToken).ConfigureAwait(false);

    public override async ValueTask RemoveAsync(PlacementGroupId id, CancellationToken cancellationToken) =>
        _ = await NodeAnswer.AskAsync<PlacementGroupId, bool>(node, NodeRequest.GroupRemove, id, cancellationToken).ConfigureAwait(false);

    /// <summary>At the node: what a process submits into a placement group draws on its reservation.</summary>
    public static SessionMessage Place(NodeServices node, SessionMessage message) => message switch
    {
        SubmitMessage submit when Place(node, submit.Spec) is { } placed => submit with { Spec = placed },
        NameMessage { Creation: { } creation } name when Place(node, creation) is { } placed => name with { Creation = placed },
        _ => message,
    };

    /// <summary>Null: it asks for none.</summary>
    private static TaskSpec? Place(NodeServices node, TaskSpec spec) => spec.Options is RetryTaskOptions { Strategy: PlacementGroupStrategy strategy } options
        ? spec with { Options = options with { Reservation = LedgerOf(node, strategy, options.Shape) } }
        : null;

    private static ResourceLedger? LedgerOf(NodeServices node, PlacementGroupStrategy strategy, ResourceShape shape)
    {
        try
        {
            return node.PlacementGroups.LedgerOf(strategy, shape);
        }
        catch (Exception e) when (e is ArgumentException or PlacementGroupRemovedException)
        {
            // The task fails with it.
            return new ResourceLedger(ResourceShape.Zero, e.Message) { IsRemoved = true };
        }
    }
}
