namespace RayOrleans.Transfer;

/// <summary>How a pull ended.</summary>
public enum PullStatus
{
    /// <summary>The object is here.</summary>
    Pulled,

    /// <summary>No source has the object in this version, in any round.</summary>
    NotFound,

    /// <summary>Sources died, stalled, refused or sent wrong bytes, and no other had the object.</summary>
    SourcesFailed,

    /// <summary>The object, or what was asked for together, is larger than the whole store.</summary>
    TooLarge,

    /// <summary>The store had no room in time.</summary>
    StoreFull,

    /// <summary>The puller or the store was disposed.</summary>
    Stopped,
}
