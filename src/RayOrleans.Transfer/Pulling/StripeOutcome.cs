namespace RayOrleans.Transfer;

/// <summary>What came of asking a peer for a stripe.</summary>
internal enum StripeOutcome
{
    /// <summary>It is in its place, and its checksum is right.</summary>
    Received,

    /// <summary>The peer does not have the object in this version.</summary>
    NotHere,

    /// <summary>The peer has it, and serves it to as many others as it may.</summary>
    Busy,

    /// <summary>The peer's copy has another length, so it is not this version.</summary>
    OtherLength,

    /// <summary>The bytes are not those that the peer took the checksum of.</summary>
    WrongChecksum,
}
