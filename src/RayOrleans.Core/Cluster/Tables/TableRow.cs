namespace RayOrleans.Core;

/// <summary>One task (or put) of the table: its owner, what makes it again, its objects. Nodes are named by <see cref="TableRows"/> only, which indexes them.</summary>
internal sealed class TableRow(TaskId task)
{
    /// <summary>An owner numbers its attempts from a base of its own, so that no two owners ever use the same number.</summary>
    public const int AttemptsPerOwner = 1 << 16;

    public TaskId Task => task;

    public NodeId Owner { get; set; }

    /// <summary>How often it has changed hands; publications of an older epoch are refused.</summary>
    public int Epoch { get; set; }

    /// <summary>What makes it again, where it is in memory. Changed by <see cref="TableLineage"/> only.</summary>
    public TaskSpec? Spec { get; set; }

    /// <summary>What makes it again, where that lies elsewhere. Changed by <see cref="TableLineage"/> only.</summary>
    public StoredSpec? Stored { get; set; }

    /// <summary>Where it stands among the rows of finished tasks whose specs are in memory; null: it does not.</summary>
    public LinkedListNode<TableRow>? Finished { get; set; }

    /// <summary>Whether it can be made again.</summary>
    public bool HasSpec => Spec is not null || Stored is not null;

    /// <summary>The first attempt number that the next owner may use.</summary>
    public int FirstAttempt { get; set; }

    /// <summary>How many of the attempts so far were not charged as retries.</summary>
    public int Uncharged { get; set; }

    /// <summary>Whether it has no spec because its lineage was evicted.</summary>
    public bool IsEvicted { get; set; }

    /// <summary>Whether the owner has told its record in this shard's epoch.</summary>
    public bool IsPublished { get; set; }

    /// <summary>Whether the current owner was asked to take it over and has not answered.</summary>
    public bool IsAdopting { get; set; }

    /// <summary>Whether this activation has asked it.</summary>
    public bool IsAskedNow { get; set; }

    public ActorReport? Actor { get; set; }

    public Dictionary<int, TableObject> Objects { get; } = [];

    /// <summary>Nodes that have found its head by a name and wait for the answer; null: none, as nearly always.</summary>
    public HashSet<NodeId>? Seekers { get; set; }

    /// <summary>Whether it is kept though no node holds it: the record of a detached actor, until that is dead.</summary>
    public bool IsLasting => IsThere && Spec is { IsDetached: true };

    /// <summary>Whether the actor that it makes is there, as far as the table was told.</summary>
    public bool IsThere => IsPublished && Actor is { State: not ActorState.Dead };

    /// <summary>When it lost its owner.</summary>
    public long OwnerlessSince { get; set; }

    /// <summary>The nodes it names, as the index has them; the first <see cref="MentionCount"/> count.</summary>
    public Mention[] Mentions { get; private set; } = [];

    public int MentionCount { get; private set; }

    /// <summary>Counts in how many places it names each of the nodes that it is listed under; no node in place of an owner it lacks.</summary>
    /// <returns>A node that it names and is not listed under.</returns>
    public NodeId? CountMentions(Span<int> counts)
    {
        NodeId? missing = null;
        Count(Owner, counts, ref missing);
        foreach (TableObject item in Objects.Values)
        {
            foreach (NodeId node in item.Holders.Keys)
            {
                Count(node, counts, ref missing);
            }

            foreach (NodeId node in item.Locations)
            {
                Count(node, counts, ref missing);
            }

            foreach (NodeId node in item.Subscribers)
            {
                Count(node, counts, ref missing);
            }
        }

        foreach (NodeId node in Seekers ?? [])
        {
            Count(node, counts, ref missing);
        }

        return missing;
    }

    private void Count(NodeId node, Span<int> counts, ref NodeId? missing)
    {
        int index = IndexOfMention(node);
        if (index < 0)
        {
            missing = node;
        }
        else
        {
            counts[index]++;
        }
    }

    public bool IsOfEarlierOwner(int version) => version < Epoch * AttemptsPerOwner;

    public int IndexOfMention(NodeId node)
    {
        for (int i = 0; i < MentionCount; i++)
        {
            if (Mentions[i].Node.Node == node)
            {
                return i;
            }
        }

        return -1;
    }

    public int IndexOfMention(NodeRows node)
    {
        int index = 0;
        while (Mentions[index].Node != node)
        {
            index++;
        }

        return index;
    }

    public void AddMention(Mention mention)
    {
        if (MentionCount == Mentions.Length)
        {
            Mention[] more = new Mention[Math.Max(2, 2 * MentionCount)];
            Mentions.CopyTo(more, 0);
            Mentions = more;
        }

        Mentions[MentionCount++] = mention;
    }

    public void RemoveMention(int index)
    {
        Mentions[index] = Mentions[--MentionCount];
        Mentions[MentionCount] = default;
    }
}
