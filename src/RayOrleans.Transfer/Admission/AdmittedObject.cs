namespace RayOrleans.Transfer;

/// <summary>An object that unfinished requests want.</summary>
internal sealed class AdmittedObject<TKey>(TKey key, long bytes)
{
    public TKey Key { get; } = key;

    public long Bytes { get; } = bytes;

    public bool IsStarted { get; set; }

    /// <summary>Its bytes count against the budget.</summary>
    public bool IsCounted { get; set; }

    public bool IsDone { get; set; }

    /// <summary>How many of the requests are admitted.</summary>
    public int AdmittedRequests { get; set; }

    /// <summary>The unfinished requests that want it.</summary>
    public List<AdmissionRequest<TKey>> Requests { get; } = [];
}
