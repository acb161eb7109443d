namespace RayOrleans.Transfer;

/// <summary>Why a connection cannot be used any more.</summary>
internal enum PeerFailure
{
    /// <summary>It could not be opened.</summary>
    Unreachable,

    /// <summary>It was closed or reset.</summary>
    Closed,

    /// <summary>Nothing moved for too long.</summary>
    Stalled,

    /// <summary>The two sides do not know the same secret, or this one is not allowed to connect.</summary>
    Refused,

    /// <summary>The other side does not follow the protocol.</summary>
    Protocol,
}
