using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>One placement group: pending until all its bundles are reserved at once, then created, until it is removed.</summary>
internal sealed class LocalPlacementGroup : PlacementGroupControl
{
    private readonly NodeServices _node;
    private readonly ResourceLedger[] _bundles;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile PlacementGroupState _state = PlacementGroupState.Pending;

    public LocalPlacementGroup(NodeServices node, IReadOnlyList<Bundle> bundles, PlacementStrategy strategy, string? name)
    {
        _node = node;
        TaskId id = node.Pool.DriverRay!.NextId();
        Group = new PlacementGroup(new PlacementGroupId(id), [.. bundles], strategy, name, this);
        _bundles = [.. bundles.Select(b => new ResourceLedger(ShapeOf(b)))];
    }

    public PlacementGroup Group { get; }

    public PlacementGroupState State => _state;

    /// <summary>Reserves all bundles or none.</summary>
    public void TryReserve()
    {
        // One node cannot keep two bundles apart.
        if (Group.Strategy == PlacementStrategy.StrictSpread && _bundles.Length > 1)
        {
            return;
        }

        bool reserved = _node.Gate.Do(engine => _state == PlacementGroupState.Pending && engine.TryReserve(_bundles));
        if (reserved)
        {
            _state = PlacementGroupState.Created;
            _ready.TrySetResult();
        }
    }

    public ResourceLedger LedgerOf(int bundle, ResourceShape shape)
    {
        if (_state == PlacementGroupState.Removed)
        {
            throw new PlacementGroupRemovedException($"{Group} was removed.");
        }

        if (bundle < -1 || bundle >= _bundles.Length)
        {
            throw new ArgumentException($"schedulingStrategy: bundle {bundle} is not one of {Group}; use 0 to {_bundles.Length - 1}, or -1 for any.");
        }

        ResourceLedger? fitting = bundle >= 0
            ? (_bundles[bundle].IsFeasible(shape) ? _bundles[bundle] : null)
            : _bundles.Where(b => b.IsFeasible(shape)).OrderByDescending(b => b.FreeCpu).FirstOrDefault();
        return fitting ?? throw new ArgumentException($"schedulingStrategy: {shape} does not fit the bundle asked for in {Group}.");
    }

    public override async ValueTask ReadyAsync(PlacementGroupId id, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        try
        {
            await _ready.Task.WaitAsync(timeout ?? Timeout.InfiniteTimeSpan, cancellationToken);
        }
        catch (TimeoutException e)
        {
            throw new GetTimeoutException($"{Group} was not ready within {timeout}: the node has {_node.Engine.Resources.Total}, and its bundles must fit at the same time.", e);
        }
    }

    public override ValueTask RemoveAsync(PlacementGroupId id, CancellationToken cancellationToken)
    {
        if (_state != PlacementGroupState.Removed)
        {
            bool created = _state == PlacementGroupState.Created;
            _state = PlacementGroupState.Removed;
            _ready.TrySetException(new PlacementGroupRemovedException($"{Group} was removed."));
            _ = _ready.Task.Exception;
            _node.Gate.Do(engine => engine.RemoveReservation(_bundles, created, $"{Group} was removed"));
        }

        return default;
    }

    public PlacementGroupInfo Describe() => new()
    {
        PlacementGroupId = Group.Id,
        Name = Group.Name,
        JobId = _node.Pool.DriverRay!.Job.Id,
        Strategy = Group.Strategy,
        State = _state,
        Bundles = Group.Bundles,
        BundleNodes = _state == PlacementGroupState.Created ? [.. Group.Bundles.Select(_ => _node.NodeId)] : [],
    };

    private static ResourceShape ShapeOf(Bundle bundle) => new(
        ResourceAmount.From(bundle.Cpu, "cpu"),
        ResourceAmount.From(bundle.Gpu, "gpu"),
        bundle.Memory,
        bundle.Resources.ToDictionary(r => r.Key, r => ResourceAmount.From(r.Value, r.Key), StringComparer.Ordinal));
}
