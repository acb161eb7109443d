namespace RayOrleans.Core;

/// <summary>Who keeps copies of a replicated object.</summary>
internal sealed class TableReplicas
{
    /// <summary>How many nodes keep a copy, where there are as many.</summary>
    public const int Copies = 2;

    /// <summary>The nodes whose copies stay; all of them are among the object's locations.</summary>
    public List<NodeId> Keepers { get; } = [];

    /// <summary>The node that was chosen to be the next and has not answered; none: nobody was.</summary>
    public NodeId Asked { get; set; }

    /// <summary>The node that was chosen last: the next one follows it.</summary>
    public NodeId Last { get; set; }

    public bool IsSafe => Keepers.Count >= Copies;
}
