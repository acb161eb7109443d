namespace RayOrleans.ObjectStore;

/// <summary>How a request ended.</summary>
internal enum AnswerStatus : byte
{
    Done = 0,
    Exists = 1,
    NotFound = 2,
    TimedOut = 3,
    Cancelled = 4,
    Full = 5,
    CreatorGone = 6,
    Aborted = 7,
    Deleted = 8,
    Closed = 9,

    /// <summary>Never sent: the connection ended before the answer came.</summary>
    Disconnected = 10,
    Damaged = 11,
    Unreadable = 12,
}
