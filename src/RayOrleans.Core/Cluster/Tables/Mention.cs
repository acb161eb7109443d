namespace RayOrleans.Core;

/// <summary>One node that a row mentions, and where the row stands among that node's rows.</summary>
internal struct Mention(NodeRows node, int position)
{
    public readonly NodeRows Node = node;

    public int Position = position;

    /// <summary>In how many places of the row it is named.</summary>
    public int Count = 1;
}
