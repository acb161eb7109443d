namespace RayOrleans.Core;

/// <summary>The verdicts on a batch.</summary>
public enum BatchVerdict : byte
{
    /// <summary>It was applied, now or earlier.</summary>
    Applied,

    /// <summary>
    /// The shard lives on in another epoch: what is there must be told again, then the link goes on from number 1. An epoch below the one that the sender
    /// knows is that of an activation that has been given up: the batch is sent again.
    /// </summary>
    OtherEpoch,

    /// <summary>The receiver was declared dead by the sender's view or the sender by the receiver's: nothing more is accepted on this link.</summary>
    Refused,
}
