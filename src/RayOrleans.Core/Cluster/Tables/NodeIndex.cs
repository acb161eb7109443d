namespace RayOrleans.Core;

/// <summary>
/// Which rows mention a node: as owner, holder, with a copy, as subscriber or seeker. So what a death costs follows from the rows that it concerns. Rows without an owner
/// stand under no node. It is intrusive: a mention takes 16 bytes in the row and 8 in the node's list, and is found without hashing anything but the node.
/// </summary>
internal sealed class NodeIndex
{
    public static readonly IComparer<TableRow> ById = Comparer<TableRow>.Create(static (a, b) =>
        a.Task.High != b.Task.High ? a.Task.High.CompareTo(b.Task.High) : a.Task.Low.CompareTo(b.Task.Low));

    private readonly Dictionary<NodeId, NodeRows> _nodes = [];

    /// <summary>The rows that mention a node, in the order of their ids: what follows from them must not depend on what was before.</summary>
    public List<TableRow> RowsOf(NodeId node)
    {
        List<TableRow> rows = _nodes.TryGetValue(node, out NodeRows? found) ? [.. found.Rows] : [];
        rows.Sort(ById);
        return rows;
    }

    /// <summary>The row names the node in one more place.</summary>
    public void Add(TableRow row, NodeId node)
    {
        int index = row.IndexOfMention(node);
        if (index >= 0)
        {
            row.Mentions[index].Count++;
            return;
        }

        if (!_nodes.TryGetValue(node, out NodeRows? rows))
        {
            rows = new NodeRows(node);
            _nodes.Add(node, rows);
        }

        rows.Add(row);
    }

    /// <summary>The row names the node in one place less.</summary>
    public void Remove(TableRow row, NodeId node)
    {
        int index = row.IndexOfMention(node);
        if (--row.Mentions[index].Count == 0)
        {
            RemoveAt(row, index);
        }
    }

    /// <summary>The row is gone.</summary>
    public void RemoveAll(TableRow row)
    {
        while (row.MentionCount > 0)
        {
            RemoveAt(row, row.MentionCount - 1);
        }
    }

    /// <summary>What is wrong with it, by a walk over all rows; null: nothing.</summary>
    public string? Check(Dictionary<TaskId, TableRow>.ValueCollection rows)
    {
        int mentions = 0;
        Span<int> counts = stackalloc int[64];
        foreach (TableRow row in rows)
        {
            mentions += row.MentionCount;
            counts = row.MentionCount <= counts.Length ? counts : new int[row.MentionCount];
            counts[..row.MentionCount].Clear();
            if (row.CountMentions(counts) is { } missing)
            {
                return $"{row.Task} names {missing} and is not listed under it";
            }

            for (int i = 0; i < row.MentionCount; i++)
            {
                Mention mention = row.Mentions[i];
                NodeId node = mention.Node.Node;
                if (counts[i] == 0 || counts[i] != mention.Count || !_nodes.TryGetValue(node, out NodeRows? list) || list.Rows[mention.Position] != row)
                {
                    return $"{row.Task} names {node} in {counts[i]} places, and the index says {mention.Count}";
                }
            }
        }

        int listed = 0;
        foreach (NodeRows list in _nodes.Values)
        {
            listed += list.Rows.Count;
        }

        return listed == mentions ? null : $"the index lists {listed} mentions, and the rows have {mentions}";
    }

    private void RemoveAt(TableRow row, int index)
    {
        (NodeRows rows, int position) = (row.Mentions[index].Node, row.Mentions[index].Position);
        row.RemoveMention(index);
        rows.RemoveAt(position);
        if (rows.Rows.Count == 0)
        {
            _nodes.Remove(rows.Node);
        }
    }
}
