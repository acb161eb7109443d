using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>Placement groups on one node: bundles are reserved together, and tasks of a bundle draw on its reservation.</summary>
internal sealed class PlacementGroups(NodeServices node)
{
    private readonly Lock _lock = new();
    private readonly Dictionary<PlacementGroupId, LocalPlacementGroup> _groups = [];

    public ValueTask<PlacementGroup> CreateAsync(JobId job, IReadOnlyList<Bundle> bundles, PlacementStrategy strategy, string? name)
    {
        node.ThrowIfStopped();
        ArgumentNullException.ThrowIfNull(bundles);
        if (bundles.Count == 0)
        {
            throw new ArgumentException("A placement group needs at least one bundle.", nameof(bundles));
        }

        if (!Enum.IsDefined(strategy))
        {
            throw new ArgumentException($"strategy: {strategy} is not a placement strategy.", nameof(strategy));
        }

        LocalPlacementGroup group = new(node, job, bundles, strategy, name);
        lock (_lock)
        {
            if (name is not null && _groups.Values.Any(g => g.Group.Name == name && g.State != PlacementGroupState.Removed))
            {
                throw new ArgumentException($"A placement group named '{name}' exists already.", nameof(name));
            }

            _groups.Add(group.Group.Id, group);
        }

        group.TryReserve();
        return new(group.Group);
    }

    /// <summary>The reservation that a task with this strategy draws on; null: the node's own resources.</summary>
    /// <exception cref="ArgumentException">There is no such group or bundle, or the request fits none.</exception>
    public ResourceLedger? LedgerOf(SchedulingStrategy strategy, ResourceShape shape)
    {
        if (strategy is not PlacementGroupStrategy wanted)
        {
            return null;
        }

        return Of(wanted.PlacementGroupId).LedgerOf(wanted.Bundle, shape);
    }

    /// <summary>The group with an id.</summary>
    /// <exception cref="ArgumentException">There is none.</exception>
    public LocalPlacementGroup Of(PlacementGroupId id)
    {
        lock (_lock)
        {
            return _groups.GetValueOrDefault(id) ?? throw new ArgumentException($"schedulingStrategy: there is no placement group {id}.");
        }
    }

    /// <summary>A job has ended: its groups go with it.</summary>
    public void RemoveOf(JobId job)
    {
        LocalPlacementGroup[] groups;
        lock (_lock)
        {
            groups = [.. _groups.Values.Where(g => g.Job == job && g.State != PlacementGroupState.Removed)];
        }

        foreach (LocalPlacementGroup group in groups)
        {
            _ = group.RemoveAsync(group.Group.Id, CancellationToken.None);
        }
    }

    /// <summary>The node stops: nobody waits for a group any more.</summary>
    public void Stop(string why)
    {
        lock (_lock)
        {
            foreach (LocalPlacementGroup group in _groups.Values)
            {
                group.Abandon(why);
            }
        }
    }

    /// <summary>Lets groups that wait for resources try again.</summary>
    public void Retry()
    {
        if (_groups.Count == 0)
        {
            return;
        }

        LocalPlacementGroup[] pending;
        lock (_lock)
        {
            pending = [.. _groups.Values.Where(g => g.State == PlacementGroupState.Pending)];
        }

        foreach (LocalPlacementGroup group in pending)
        {
            group.TryReserve();
        }
    }

    public List<PlacementGroupInfo> List()
    {
        lock (_lock)
        {
            return [.. _groups.Values.Select(g => g.Describe())];
        }
    }
}
