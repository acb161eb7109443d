using System.Diagnostics.CodeAnalysis;

namespace RayOrleans.Core;

/// <summary>The rows of a shard. Whatever names a node in a row, or ends naming it, goes through here, so that the index by node is exact.</summary>
internal sealed class TableRows(TableLineage lineage)
{
    private readonly Dictionary<TaskId, TableRow> _rows = [];
    private readonly NodeIndex _index = new();
    private readonly HashSet<TableRow> _deadHeld = [];
    private readonly HashSet<TableRow> _thin = [];

    public IReadOnlyCollection<TableRow> All => _rows.Values;

    /// <summary>The rows without an owner, in the order of their ids.</summary>
    public List<TableRow> Ownerless => Naming(NodeId.None);

    /// <summary>The rows that holds of dead nodes keep, in the order of their ids.</summary>
    public List<TableRow> DeadHeld => _deadHeld.Count == 0 ? [] : [.. _deadHeld.Order(NodeIndex.ById)];

    /// <summary>The rows with an object of which too few nodes keep a copy, in the order of their ids.</summary>
    public List<TableRow> Thin => _thin.Count == 0 ? [] : [.. _thin.Order(NodeIndex.ById)];

    /// <summary>The rows that name a node, in the order of their ids.</summary>
    public List<TableRow> Naming(NodeId node) => _index.RowsOf(node);

    /// <summary>What is wrong with the index; null: nothing.</summary>
    public string? CheckIndex()
    {
        foreach (TableRow row in _rows.Values)
        {
            bool isDeadHeld = false;
            foreach (TableObject item in row.Objects.Values)
            {
                isDeadHeld |= item.HasDeadHolds;
            }

            if (isDeadHeld != (_deadHeld.Count > 0 && _deadHeld.Contains(row)))
            {
                return $"{row.Task} is wrongly listed among the rows that dead nodes hold, or is not";
            }
        }

        return _index.Check(_rows.Values);
    }

    public bool TryFind(TaskId task, [NotNullWhen(true)] out TableRow? row) => _rows.TryGetValue(task, out row);

    public bool TryFind(ObjectId id, [NotNullWhen(true)] out TableRow? row, [NotNullWhen(true)] out TableObject? item)
    {
        item = null;
        return _rows.TryGetValue(id.Task, out row) && row.Objects.TryGetValue(id.Index, out item);
    }

    public TableRow RowOf(TaskId task)
    {
        if (!_rows.TryGetValue(task, out TableRow? row))
        {
            row = new TableRow(task);
            _rows.Add(task, row);
            _index.Add(row, NodeId.None);
        }

        return row;
    }

    public static TableObject ObjectOf(TableRow row, RemoteRef reference)
    {
        if (!row.Objects.TryGetValue(reference.Id.Index, out TableObject? item))
        {
            item = new TableObject(reference);
            row.Objects.Add(reference.Id.Index, item);
        }
        else if (item.Ref.Actor is null && reference.Actor is not null)
        {
            item.Ref = reference;
        }

        return item;
    }

    public void Remove(TableRow row)
    {
        _rows.Remove(row.Task);
        _deadHeld.Remove(row);
        _thin.Remove(row);
        _index.RemoveAll(row);
        lineage.Remove(row);
    }

    public void SetThin(TableRow row, bool isThin)
    {
        if (isThin)
        {
            _thin.Add(row);
        }
        else
        {
            _thin.Remove(row);
        }
    }

    public void SetOwner(TableRow row, NodeId owner)
    {
        if (row.Owner != owner)
        {
            _index.Remove(row, row.Owner);
            row.Owner = owner;
            _index.Add(row, owner);
        }
    }

    public void LoseOwner(TableRow row, long now)
    {
        SetOwner(row, NodeId.None);
        row.IsAdopting = false;
        row.OwnerlessSince = now;
    }

    /// <summary>False: the node held nothing that it could end.</summary>
    public bool SetHold(TableRow row, TableObject item, NodeId node, HoldLevel level)
    {
        if (level == HoldLevel.None)
        {
            if (!item.Holders.Remove(node))
            {
                return false;
            }

            _index.Remove(row, node);
            return true;
        }

        if (item.Holders.TryAdd(node, level))
        {
            _index.Add(row, node);
        }
        else
        {
            item.Holders[node] = level;
        }

        return true;
    }

    public void AddDeadHold(TableRow row, TableObject item, NodeId node, long until)
    {
        item.AddDeadHold(node, until);
        _deadHeld.Add(row);
    }

    /// <summary>Holds of dead nodes stop counting. False: none of them yet.</summary>
    public bool EndDeadHolds(TableRow row, long now)
    {
        bool ended = false;
        bool isHeld = false;
        foreach (TableObject item in row.Objects.Values)
        {
            ended |= item.EndDeadHolds(now);
            isHeld |= item.DeadHolds.Count > 0;
        }

        if (!isHeld)
        {
            _deadHeld.Remove(row);
        }

        return ended;
    }

    public void AddLocation(TableRow row, TableObject item, NodeId node)
    {
        if (!item.Locations.Contains(node))
        {
            item.Locations.Add(node);
            _index.Add(row, node);
        }
    }

    public bool RemoveLocation(TableRow row, TableObject item, NodeId node)
    {
        if (!item.Locations.Remove(node))
        {
            return false;
        }

        _index.Remove(row, node);
        item.Replicas?.Keepers.Remove(node);
        return true;
    }

    public void ClearLocations(TableRow row, TableObject item)
    {
        foreach (NodeId node in item.Locations)
        {
            _index.Remove(row, node);
        }

        item.Locations.Clear();
        item.Replicas?.Keepers.Clear();
    }

    public void Subscribe(TableRow row, TableObject item, NodeId node)
    {
        if (item.Subscribers.Add(node))
        {
            _index.Add(row, node);
        }
    }

    public void Unsubscribe(TableRow row, TableObject item, NodeId node)
    {
        if (item.Subscribers.Remove(node))
        {
            _index.Remove(row, node);
        }
    }

    public void AddSeeker(TableRow row, NodeId node)
    {
        if ((row.Seekers ??= []).Add(node))
        {
            _index.Add(row, node);
        }
    }

    public void RemoveSeeker(TableRow row, NodeId node)
    {
        if (row.Seekers?.Remove(node) == true)
        {
            _index.Remove(row, node);
            row.Seekers = row.Seekers.Count == 0 ? null : row.Seekers;
        }
    }
}
