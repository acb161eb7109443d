namespace RayOrleans.Transfer;

/// <summary>Objects that somebody wants together.</summary>
internal sealed class AdmissionRequest<TKey>(PullClass priority)
{
    public PullClass Class { get; } = priority;

    public List<AdmittedObject<TKey>> Objects { get; } = [];

    /// <summary>Its place among the requests of its class, oldest first; null once it is finished or removed.</summary>
    public LinkedListNode<AdmissionRequest<TKey>>? Place { get; set; }

    /// <summary>Its place among those that are not admitted; meaningless once it is.</summary>
    public LinkedListNode<AdmissionRequest<TKey>>? WaitingPlace { get; set; }

    public bool IsAdmitted { get; set; }

    /// <summary>Objects that have not been pulled yet.</summary>
    public int Missing { get; set; }

    /// <summary>Bytes that admitting it adds to what is in flight.</summary>
    public long Cost
    {
        get
        {
            long cost = 0;
            foreach (AdmittedObject<TKey> item in Objects)
                cost += item.IsStarted ? 0 : item.Bytes;
            return cost;
        }
    }
}
