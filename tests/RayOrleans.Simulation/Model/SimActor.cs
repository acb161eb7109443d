namespace RayOrleans.Core.Simulation;

/// <summary>What an observer knows of one actor.</summary>
internal sealed class SimActor(int index, ActorOptions options)
{
    public int Index { get; } = index;

    public ActorOptions Options { get; } = options;

    public ActorRecord Record { get; set; } = null!;

    public SimTask Creation { get; set; } = null!;

    public int CallRetries { get; init; }

    /// <summary>The newest incarnation in which a call started.</summary>
    public int Incarnation { get; set; }

    /// <summary>Bodies of that incarnation that have not returned, per lane.</summary>
    public int[] Running { get; } = new int[1 + options.LaneLimits.Count];

    /// <summary>Calls not started yet, per caller and lane, in the order submitted.</summary>
    public Dictionary<(TaskId Caller, int Lane), Queue<SimTask>> Order { get; } = [];

    /// <summary>Per caller the lowest actor any of its calls depends on.</summary>
    public Dictionary<TaskId, int> CallerMin { get; } = [];

    public HashSet<SimTask> PendingCalls { get; } = [];

    public bool Dead { get; set; }

    public int RestartsUsed { get; set; }

    /// <summary>Something happened that may end it for good.</summary>
    public bool MayDie { get; set; }

    /// <summary>Its death ended calls.</summary>
    public bool EndedCalls { get; set; }

    public bool EverRestarted { get; set; }

    public bool HasGrant { get; set; }

    /// <summary>Running calls of the living incarnation that wait.</summary>
    public int BlockedCalls { get; set; }

    public int[] Gpus { get; set; } = [];

    public int LimitOf(int lane) => lane == 0 ? Options.MaxConcurrency : Options.LaneLimits[lane - 1];
}
