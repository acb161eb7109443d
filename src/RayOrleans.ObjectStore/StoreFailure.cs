namespace RayOrleans.ObjectStore;

/// <summary>Why a request to a store failed.</summary>
public enum StoreFailure
{
    /// <summary>There is an object of that key, or one is being written.</summary>
    Exists,

    /// <summary>The object was not there in time.</summary>
    TimedOut,

    /// <summary>The caller has cancelled it.</summary>
    Cancelled,

    /// <summary>There was no room in the store; the message has its sizes.</summary>
    Full,

    /// <summary>The process that was writing the object has ended.</summary>
    CreatorGone,

    /// <summary>The object's creator has given it up.</summary>
    Aborted,

    /// <summary>The object was deleted meanwhile.</summary>
    Deleted,

    /// <summary>The store was disposed of.</summary>
    Closed,

    /// <summary>The connection to the store has ended: the store's process has, or this client was shut out.</summary>
    Disconnected,

    /// <summary>The object's bytes on disk are not those that were written: it is lost.</summary>
    Damaged,

    /// <summary>The object is on disk, and could not be read now; the message says why. It is there as before.</summary>
    Unreadable,
}
