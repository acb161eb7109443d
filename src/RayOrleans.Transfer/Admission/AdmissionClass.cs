namespace RayOrleans.Transfer;

/// <summary>The requests of one class, oldest first.</summary>
internal sealed class AdmissionClass<TKey>
{
    /// <summary>Admitted or not.</summary>
    public LinkedList<AdmissionRequest<TKey>> All { get; } = new();

    /// <summary>Not admitted yet.</summary>
    public LinkedList<AdmissionRequest<TKey>> Waiting { get; } = new();
}
