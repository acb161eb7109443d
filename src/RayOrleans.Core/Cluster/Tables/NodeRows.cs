namespace RayOrleans.Core;

/// <summary>The rows that mention one node, in no order.</summary>
internal sealed class NodeRows(NodeId node)
{
    public NodeId Node => node;

    public List<TableRow> Rows { get; } = [];

    public void Add(TableRow row)
    {
        row.AddMention(new Mention(this, Rows.Count));
        Rows.Add(row);
    }

    /// <summary>The last row takes the place of the one that goes.</summary>
    public void RemoveAt(int position)
    {
        TableRow last = Rows[^1];
        Rows[position] = last;
        Rows.RemoveAt(Rows.Count - 1);
        if (position < Rows.Count)
        {
            last.Mentions[last.IndexOfMention(this)].Position = position;
        }
    }
}
