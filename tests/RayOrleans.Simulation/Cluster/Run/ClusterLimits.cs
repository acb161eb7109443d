namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>How the world behaves, in ticks of virtual time.</summary>
internal sealed record ClusterLimits
{
    public int LossPermille { get; init; }

    public int DuplicationPermille { get; init; }

    public int LinkDelay { get; init; } = 5;

    public int SlowLinkPercent { get; init; }

    public int ResendAfter { get; init; } = 120;

    /// <summary>Within what time everybody has seen a change of the membership.</summary>
    public int MemberLag { get; init; } = 60;

    /// <summary>After what time a silent node is declared dead.</summary>
    public int DetectAfter { get; init; } = 400;

    /// <summary>After what time everybody has heard of a node's failure, also who stood still meanwhile.</summary>
    public int KnownAfter { get; init; } = 1_500;

    /// <summary>How many steps of code take long.</summary>
    public int SlowStepPercent { get; init; } = 10;

    public long FirstBackOff { get; init; }

    public long LongWait { get; init; } = 1_000;

    /// <summary>How much a node keeps of a job's finished tasks.</summary>
    public long LineageBytes { get; init; } = 1L << 30;

    public int TickEvery { get; init; } = 50;

    /// <summary>Whether nodes never hear from drivers that their jobs have ended.</summary>
    public bool LosesJobEnds { get; init; }

    /// <summary>What the arguments that are pulled at a time may take of a node's store; null: it is never full.</summary>
    public long? ArgumentBytes { get; init; }

    /// <summary>How many of the answers of schedulers name a node that they know nothing of.</summary>
    public int WrongPlacePercent { get; init; }

    /// <summary>How many pulls wait long before they begin, so that much has changed by then.</summary>
    public int LatePullPercent { get; init; }

    /// <summary>How many attempts that are not the first see their owner crash about when they begin.</summary>
    public int RetryCrashPercent { get; init; }

    /// <summary>How many jobs that have ended nodes remember.</summary>
    public int EndedJobsKept { get; init; } = 1_000;

    /// <summary>After what time a put is replicated again, once a node that kept it has failed: what finds that out, and a pull that waits for a dead node, are in it.</summary>
    public int ThinFor { get; init; } = 3_000;

    /// <summary>How many items a task's stream is ahead of its reader at the most.</summary>
    public int StreamWindow { get; init; } = int.MaxValue;

    public int DeadHoldTicks { get; init; } = 4_000;
}
