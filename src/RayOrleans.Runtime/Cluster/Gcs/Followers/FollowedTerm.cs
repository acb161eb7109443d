using System.Collections.Immutable;

namespace RayOrleans.Runtime.Cluster.Gcs.Followers;

/// <summary>What a shard's epoch knows of its copies. A call of an earlier epoch that comes back late changes its own, which nobody asks any more.</summary>
internal sealed class FollowedTerm(long epoch, FoundCopy? found)
{
    public long Epoch { get; } = epoch;

    /// <summary>What there was to begin with, as long as no copy of this epoch stands for it.</summary>
    public FoundCopy? Found { get; set; } = found;

    /// <summary>The records that a first copy would begin with; null: it begins with the state.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>>? Start { get; set; }

    /// <summary>Who has the copy, and how far it goes; null: nobody.</summary>
    public (NodeId Keeper, CopyMark Mark)? Copy { get; set; }

    /// <summary>The last copy that was begun.</summary>
    public int Generation { get; set; }

    /// <summary>When nobody answered; null: somebody has since.</summary>
    public long? AloneSince { get; set; }

    /// <summary>Silos that may have an older copy, because they did not answer when they were told to drop it.</summary>
    public ImmutableHashSet<NodeId> Undropped { get; set; } = [];
}
