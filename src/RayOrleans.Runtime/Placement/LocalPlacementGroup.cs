using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>One placement group: pending until all its bundles are reserved at once, then created, until it is removed.</summary>
internal sealed class LocalPlacementGroup : PlacementGroupControl
{
    private readonly NodeServices _node;
    private readonly ResourceLedger[] _bundles;
    private int _turn;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile PlacementGroupState _state = PlacementGroupState.Pending;

    public LocalPlacementGroup(NodeServices node, JobId job, IReadOnlyList<Bundle> bundles, PlacementStrategy strategy, string? name)
    {
        _node = node;
        Job = job;
        TaskId id = node.Pool.DriverRay!.NextId();
        Group = new PlacementGroup(new PlacementGroupId(id), [.. bundles], strategy, name, this);
        _bundles = [.. bundles.Select(b => new ResourceLedger(ShapeOf(b), "its placement group is not ready yet"))];
    }

    public PlacementGroup Group { get; }

    /// <summary>The job that it ends with.</summary>
    public JobId Job { get; }

    public PlacementGroupState State => _state;

    /// <summary>Reserves all bundles or none.</summary>
    public void TryReserve()
    {
        // One node cannot keep two bundles apart.
        if (Group.Strategy == PlacementStrategy.StrictSpread && _bundles.Length > 1)
        {
            return;
        }

        bool reserved = _node.Gate.Do(engine =>
        {
            if (_state != PlacementGroupState.Pending || !engine.TryReserve(_bundles))
            {
                return false;
            }

            _state = PlacementGroupState.Created;
            return true;
        });
        if (reserved)
        {
            _ready.TrySetResult();
        }
    }

    /// <summary>The node stops: nobody waits for the group any more.</summary>
    public void Abandon(string why)
    {
        _ready.TrySetException(new NodeDiedException($"{Group} will not be ready: {why}.") { NodeId = _node.NodeId });
        _ = _ready.Task.Exception;
    }

    public void ThrowIfRemoved()
    {
        if (_state == PlacementGroupState.Removed)
        {
            throw new PlacementGroupRemovedException($"{Group} was removed.") { PlacementGroupId = Group.Id };
        }
    }

    public ResourceLedger LedgerOf(int bundle, ResourceShape shape)
    {
        ThrowIfRemoved();
        if (bundle < -1 || bundle >= _bundles.Length)
        {
            throw new ArgumentException($"schedulingStrategy: bundle {bundle} is not one of {Group}; use 0 to {_bundles.Length - 1}, or -1 for any.");
        }

        ResourceLedger? fitting = bundle >= 0
            ? (_bundles[bundle].IsFeasible(shape) ? _bundles[bundle] : null)
            : Any(shape);
        return fitting ?? throw new ArgumentException($"schedulingStrategy: {shape} does not fit the bundle asked for in {Group}.");
    }

    public override async ValueTask ReadyAsync(PlacementGroupId id, TimeSpan? timeout, CancellationToken cancellationToken)
    {
        ThrowIfRemoved();
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
        _node.Gate.Do(engine =>
        {
            PlacementGroupState before = _state;
            if (before != PlacementGroupState.Removed)
            {
                _state = PlacementGroupState.Removed;
                engine.RemoveReservation(_bundles, before == PlacementGroupState.Created, $"{Group} was removed");
            }
        });
        _ready.TrySetException(new PlacementGroupRemovedException($"{Group} was removed.") { PlacementGroupId = Group.Id });
        _ = _ready.Task.Exception;
        return default;
    }

    /// <summary>A bundle that the request fits, one with room now if there is one; bundles take turns.</summary>
    private ResourceLedger? Any(ResourceShape shape)
    {
        int first = Interlocked.Increment(ref _turn) & int.MaxValue;
        ResourceLedger? feasible = null;
        for (int i = 0; i < _bundles.Length; i++)
        {
            ResourceLedger bundle = _bundles[(first + i) % _bundles.Length];
            if (bundle.Fits(shape))
            {
                return bundle;
            }

            feasible ??= bundle.IsFeasible(shape) ? bundle : null;
        }

        return feasible;
    }

    public PlacementGroupInfo Describe() => new()
    {
        PlacementGroupId = Group.Id,
        Name = Group.Name,
        JobId = Job,
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
