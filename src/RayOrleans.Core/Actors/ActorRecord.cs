namespace RayOrleans.Core;

/// <summary>An actor: its state, its incarnation, its mailbox. Written only under the engine's lock.</summary>
public sealed class ActorRecord
{
    /// <summary>Makes an actor that has not been created yet.</summary>
    public ActorRecord(ActorId id, ActorOptions options)
    {
        Id = id;
        Options = options;
        Lanes = [new ActorLane(options.MaxConcurrency), .. options.LaneLimits.Select(l => new ActorLane(l))];
    }

    /// <summary>The actor's id.</summary>
    public ActorId Id { get; }

    /// <summary>Its options.</summary>
    public ActorOptions Options { get; }

    /// <summary>The task that constructs it; its entry is what handles hold.</summary>
    public TaskRecord Creation { get; internal set; } = null!;

    /// <summary>The state.</summary>
    public ActorState State { get; internal set; }

    /// <summary>How often it has been constructed before; calls and replies of older ones are refused.</summary>
    public int Incarnation { get; internal set; }

    /// <summary>Restarts used of <see cref="ActorOptions.MaxRestarts"/>.</summary>
    public int RestartsUsed { get; internal set; }

    /// <summary>Why it is dead.</summary>
    public Failure? Death { get; internal set; }

    /// <summary>The user's object, as the runtime keeps it.</summary>
    public object? Instance { get; internal set; }

    /// <summary>The runtime's side of the actor.</summary>
    public object? Host { get; set; }

    /// <summary>The class name, for people.</summary>
    public string? ClassName { get; set; }

    /// <summary>Calls that have not ended.</summary>
    public int PendingCalls { get; internal set; }

    /// <summary>The GPU devices it keeps while it lives.</summary>
    public IReadOnlyList<int>? Gpus => GrantedGpus;

    internal ActorLane[] Lanes { get; }

    internal HashSet<Attempt> RunningAttempts { get; } = [];

    /// <summary>Calls that wait behind an earlier one of the same caller whose inputs are missing.</summary>
    internal Dictionary<TaskId, TaskQueue>? HeldBack { get; set; }

    /// <summary>Calls that wait and hold nothing back: for inputs where order does not matter, or for their back-off.</summary>
    internal TaskQueue Unready { get; } = new();

    /// <summary>Calls started so far.</summary>
    internal long Started { get; set; }

    /// <summary>Running calls that have given the CPU back while they wait.</summary>
    internal int BlockedCalls { get; set; }

    /// <summary>The call that blocks the actor's turn while it waits.</summary>
    internal Attempt? TurnBlocker { get; set; }

    /// <summary>Ended incarnations whose instance is disposed of once their last running call has returned.</summary>
    internal List<RetiredInstance>? Retired { get; set; }

    internal bool IsQueued { get; set; }

    internal bool IsOutOfScope { get; set; }

    internal bool HasGrant { get; set; }

    internal int[]? GrantedGpus { get; set; }

    internal bool CanStart
    {
        get
        {
            if (State != ActorState.Alive)
            {
                return false;
            }

            foreach (ActorLane lane in Lanes)
            {
                if (lane.CanStart)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
