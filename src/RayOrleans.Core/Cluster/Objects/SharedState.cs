namespace RayOrleans.Core;

/// <summary>What a node knows of an object that other nodes know too. Written only under the engine's lock.</summary>
internal sealed class SharedState(NodeId owner)
{
    private List<Barrier>? _holdWaiters;
    private List<Barrier>? _publishWaiters;

    /// <summary>The node that keeps its record.</summary>
    public NodeId Owner { get; set; } = owner;

    /// <summary>The job it was made in.</summary>
    public JobRecord? Job { get; init; }

    /// <summary>The parts of the tuple that it stands for.</summary>
    public int PartCount { get; init; }

    /// <summary>How often its record had changed hands when this node became its owner.</summary>
    public int OwnerEpoch { get; set; }

    /// <summary>The level last told to the table.</summary>
    public HoldLevel Reported { get; set; }

    /// <summary>Reports of levels that were not answered yet.</summary>
    public int ReportsInFlight { get; private set; }

    /// <summary>Foreign tasks and values on whose account somebody else holds it.</summary>
    public int Covers { get; set; }

    /// <summary>Whether what refers to it has left this node, which may outlive the cover: its level is told whoever covers for it.</summary>
    public bool IsExposed { get; set; }

    /// <summary>Whether it waits to lower its level until what its value refers to is reported.</summary>
    public bool IsLowering { get; set; }

    /// <summary>Whether the owner has sent its record to the table.</summary>
    public bool IsPublished { get; set; }

    /// <summary>Whether the table has the record, and those of everything it was made from.</summary>
    public bool IsPublishClosed { get; set; }

    /// <summary>What the table is to be told of it and is not, before what its value refers to is published.</summary>
    public int ReportsWaiting { get; set; }

    /// <summary>Waits for the answer to the publication of the record itself.</summary>
    public Barrier? PublishAnswer { get; set; }

    /// <summary>Whether a copy in this node's store is known to the table.</summary>
    public bool HasCopy { get; set; }

    /// <summary>Whether that copy was made here: it stays until the table says otherwise.</summary>
    public bool IsPrimary { get; set; }

    /// <summary>Whether two nodes are to keep a copy each: its value is in stores, however small it is.</summary>
    public bool IsReplicated { get; set; }

    /// <summary>Whether the table waits for this node to keep a copy.</summary>
    public bool IsKeeping { get; set; }

    /// <summary>Settles once two nodes keep a copy each of what was put here; null: nobody waits for that.</summary>
    public ObjectEntry? Ticket { get; set; }

    /// <summary>The clock tick at which the copy was last used; for copies that nobody here holds.</summary>
    public long IdleSince { get; set; }

    /// <summary>Whether the table tells about changes.</summary>
    public bool IsSubscribed { get; set; }

    /// <summary>Who waits to hear whether the table knows the record of a reference that came from a name; null: nobody.</summary>
    public List<Watcher>? Seekers { get; set; }

    /// <summary>Whether what the table told was dropped since, so that it must be asked again.</summary>
    public bool HasDropped { get; set; }

    /// <summary>Whether somebody here waits for the value to be here.</summary>
    public bool IsNeeded { get; set; }

    public bool IsFetching { get; set; }

    /// <summary>For whom it is being pulled.</summary>
    public FetchReason FetchReason { get; set; }

    /// <summary>How many tasks that need it here are admitted.</summary>
    public int AdmittedFor { get; set; }

    /// <summary>The bytes that count for them.</summary>
    public long AdmittedBytes { get; set; }

    /// <summary>Whether the pull failed and the table must be asked again.</summary>
    public bool IsStale { get; set; }

    /// <summary>Whether the owner has asked the table where it is, and has no answer yet.</summary>
    public bool IsAsking { get; set; }

    /// <summary>The nodes that have a copy, as the table said last.</summary>
    public IReadOnlyList<NodeId> Locations { get; set; } = [];

    /// <summary>The last node that had a copy, as far as this one knew, and died.</summary>
    public NodeId LostOn { get; set; }

    /// <summary>What the value refers to, for a value that is not here.</summary>
    public IReadOnlyList<RemoteRef> RemoteContained { get; set; } = [];

    public void ReportSent() => ReportsInFlight++;

    public void ReportAnswered()
    {
        if (ReportsInFlight > 0 && --ReportsInFlight == 0)
        {
            Barrier.Release(ref _holdWaiters);
        }
    }

    /// <summary>The link was restarted: what was on the way is told again.</summary>
    public void ReportsLost() => ReportsInFlight = 0;

    /// <summary>Nothing waits for answers any more: the entry ends.</summary>
    public void ReleaseWaiters()
    {
        Barrier.Release(ref _holdWaiters);
        Barrier.Release(ref _publishWaiters);
    }

    /// <summary>Makes the barrier wait until the level told last is recorded.</summary>
    public void WaitForReport(Barrier barrier)
    {
        if (ReportsInFlight > 0)
        {
            barrier.Add();
            (_holdWaiters ??= []).Add(barrier);
        }
    }

    /// <summary>Makes the barrier wait until the table has the record and its lineage.</summary>
    public void WaitForPublish(Barrier barrier)
    {
        if (!IsPublishClosed)
        {
            barrier.Add();
            (_publishWaiters ??= []).Add(barrier);
        }
    }

    public void PublishClosed()
    {
        IsPublishClosed = true;
        Barrier.Release(ref _publishWaiters);
    }
}
