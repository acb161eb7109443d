namespace RayOrleans;

/// <summary>An object, as it was when asked.</summary>
public sealed record ObjectInfo
{
    /// <summary>The object's id.</summary>
    public ObjectId ObjectId { get; init; }

    /// <summary>The task that makes it, or that put it.</summary>
    public TaskId TaskId { get; init; }

    /// <summary>The job it belongs to.</summary>
    public JobId JobId { get; init; }

    /// <summary>Its size, in bytes; null while it is not there.</summary>
    public long? SizeBytes { get; init; }

    /// <summary>Whether the value or an error is there.</summary>
    public bool IsReady { get; init; }

    /// <summary>Whether it is kept on disk only.</summary>
    public bool IsSpilled { get; init; }

    /// <summary>The function that made it, or "Put".</summary>
    public string CreatedBy { get; init; } = "";

    /// <summary>The nodes that have a copy.</summary>
    public IReadOnlyList<NodeId> Locations { get; init; } = [];

    /// <summary>How many holders keep it alive.</summary>
    public int Holds { get; init; }

    /// <summary>How many readers pin it in place.</summary>
    public int Pins { get; init; }
}
