namespace RayOrleans.Core;

/// <summary>One task (or put) of the table: its owner, what makes it again, its objects.</summary>
internal sealed class TableRow(TaskId task)
{
    public TaskId Task => task;

    public NodeId Owner { get; set; }

    /// <summary>How often it has changed hands; publications of an older epoch are refused.</summary>
    public int Epoch { get; set; }

    public TaskSpec? Spec { get; set; }

    /// <summary>The first attempt number that the next owner may use.</summary>
    public int FirstAttempt { get; set; }

    /// <summary>Whether the owner has told its record in this shard's epoch.</summary>
    public bool IsPublished { get; set; }

    /// <summary>Whether the current owner was asked to take it over and has not answered.</summary>
    public bool IsAdopting { get; set; }

    public ActorReport? Actor { get; set; }

    public Dictionary<int, TableObject> Objects { get; } = [];

    /// <summary>Nodes that have found its head by a name and wait for the answer.</summary>
    public HashSet<NodeId> Seekers { get; } = [];

    /// <summary>Whether it is kept though no node holds it: the record of a detached actor, until that is dead.</summary>
    public bool IsLasting => IsThere && Spec is { IsDetached: true };

    /// <summary>Whether the actor that it makes is there, as far as the table was told.</summary>
    public bool IsThere => IsPublished && Actor is { State: not ActorState.Dead };

    /// <summary>When it lost its owner.</summary>
    public long OwnerlessSince { get; set; }
}
