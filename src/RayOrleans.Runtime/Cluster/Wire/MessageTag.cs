namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>Which message follows. Numbers are never given twice.</summary>
internal enum MessageTag : byte
{
    Execute = 1,
    Completed = 2,
    Refused = 3,
    Cancel = 4,
    TransitDone = 5,
    JobEnded = 6,
    StopActor = 7,
    ActorEnded = 8,
    ActorManager = 9,
    Discard = 10,
    Wanted = 11,
    StreamItem = 12,
    StreamRoom = 13,
    Publish = 20,
    Hold = 21,
    Object = 22,
    Unlocated = 23,
    Subscribe = 24,
    Wish = 25,
    Actor = 26,
    Disown = 27,
    Republished = 28,
    Orphan = 29,
    Find = 30,
    Job = 31,
    Death = 33,
    State = 40,
    Delete = 41,
    Forget = 42,
    Rebuild = 43,
    Adopt = 44,
    JobState = 45,
    Keep = 46,

    /// <summary>With the attempts that were not charged, and whether lineage was evicted; else as without.</summary>
    PublishCounted = 32,

    /// <inheritdoc cref="PublishCounted"/>
    AdoptCounted = 47,
}
