namespace RayOrleans.Core;

/// <summary>
/// Which nodes have not said yet that they know of another's death. Until then they take what it sent, and what they came to hold by that is not here: nothing that it held is let go.
/// </summary>
internal sealed class LastWords(TableLinks links)
{
    private readonly SortedDictionary<NodeId, HashSet<NodeId>> _unaware = new(Comparer<NodeId>.Create(static (a, b) => a.Value.CompareTo(b.Value)));

    /// <summary>Whether something of a dead node's may be on its way here.</summary>
    public bool AreAwaited => _unaware.Count > 0;

    /// <summary>A node is dead: all others are asked to say so, after what it told them.</summary>
    public void OnDied(NodeId node)
    {
        foreach ((NodeId dead, HashSet<NodeId> unaware) in _unaware.ToList())
        {
            Remove(dead, unaware, node);
        }

        foreach (NodeId member in links.Members)
        {
            Ask(member, node);
        }
    }

    /// <summary>A node is there: in an activation that follows, all are asked again.</summary>
    public void OnJoined(NodeId node)
    {
        foreach (NodeId dead in _unaware.Keys.ToList())
        {
            Ask(node, dead);
        }
    }

    /// <summary>A node knows of the death, and has told all that followed from what the dead one sent.</summary>
    public void OnKnown(NodeId node, NodeId dead)
    {
        if (_unaware.TryGetValue(dead, out HashSet<NodeId>? unaware))
        {
            Remove(dead, unaware, node);
        }
    }

    /// <summary>Lets the time pass: those that nobody has to be asked of are done with.</summary>
    public void Tick()
    {
        foreach ((NodeId dead, HashSet<NodeId> unaware) in _unaware.ToList())
        {
            if (unaware.Count == 0)
            {
                _unaware.Remove(dead);
            }
        }
    }

    public IReadOnlyList<UnawareNodes> Snapshot() => [.. _unaware.Select(u => new UnawareNodes(u.Key, [.. u.Value.OrderBy(n => n.Value)]))];

    public void Restore(IReadOnlyList<UnawareNodes> unaware)
    {
        foreach (UnawareNodes known in unaware)
        {
            _unaware[known.Dead] = [.. known.Nodes];
        }
    }

    private void Ask(NodeId member, NodeId dead)
    {
        if (!_unaware.TryGetValue(dead, out HashSet<NodeId>? unaware))
        {
            _unaware.Add(dead, unaware = []);
        }

        unaware.Add(member);
        links.Send(member, new DeathMessage(dead));
    }

    private void Remove(NodeId dead, HashSet<NodeId> unaware, NodeId node)
    {
        if (unaware.Remove(node) && unaware.Count == 0)
        {
            _unaware.Remove(dead);
        }
    }
}
