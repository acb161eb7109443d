namespace RayOrleans.Core;

/// <summary>An actor: its state, its incarnation, its mailbox. Written only under the engine's lock.</summary>
public sealed class ActorRecord
{
    private RemoteActor? _description;

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
    public TaskRecord Creation
    {
        get => OwnCreation ?? Handle!;
        internal set => OwnCreation = value;
    }

    /// <summary>The record of its construction, where it is managed or hosted; null where there are only handles.</summary>
    internal TaskRecord? OwnCreation { get; private set; }

    /// <summary>The state.</summary>
    public ActorState State { get; internal set; }

    /// <summary>How often it has been constructed before; calls and replies of older ones are refused.</summary>
    public int Incarnation { get; internal set; }

    /// <summary>Restarts used of <see cref="ActorOptions.MaxRestarts"/>.</summary>
    public int RestartsUsed { get; internal set; }

    /// <summary>Whether its instance lives, or will live, on this node.</summary>
    public bool IsHostedHere { get; internal set; } = true;

    /// <summary>The node that its instance lives on, as far as it is known; none on a node that is alone, and while it lives nowhere.</summary>
    public NodeId HostNode { get; internal set; }

    /// <summary>The node that the table last said it lives on, which need not have joined yet as this node sees it.</summary>
    internal NodeId ReportedHost { get; set; }

    /// <summary>The node that manages it, for an actor that another node placed here.</summary>
    internal NodeId Manager { get; set; }

    /// <summary>The entry that handles on this node hold, for an actor that another node manages.</summary>
    internal TaskRecord? Handle { get; set; }

    /// <summary>The job of its construction, once the last handle on this node is gone, for an actor that another node manages.</summary>
    internal JobRecord? HandleJob { get; set; }

    /// <summary>Calls of this node that wait until it is known where the actor lives.</summary>
    internal TaskQueue Outgoing { get; } = new();

    /// <summary>Calls that were sent, in the order in which they must leave.</summary>
    internal OrderedSends Sends { get; } = new();

    /// <summary>Calls that came back, or were on a node that died: they go first, once it is known what becomes of the actor.</summary>
    internal List<TaskRecord> Returned { get; } = [];

    /// <summary>Calls that were running on a node that died.</summary>
    internal List<TaskRecord> Lost { get; } = [];

    /// <summary>Calls of this node that are on another node, or on their way; all at the same incarnation.</summary>
    internal int InFlight { get; set; }

    /// <summary>The incarnation that those were sent to.</summary>
    internal int SentIncarnation { get; set; }

    /// <summary>The entry that calls of this node hold while one of them has not ended.</summary>
    internal TaskRecord? CalledHandle { get; set; }

    /// <summary>Calls of this node that have not ended.</summary>
    internal int OwnCalls { get; set; }

    /// <summary>Whether another node manages it: this record only serves calls to it, or hosts it.</summary>
    public bool IsManagedElsewhere { get; internal set; }

    /// <summary>Why it is dead.</summary>
    public Failure? Death { get; internal set; }

    /// <summary>The user's object, as the runtime keeps it.</summary>
    public object? Instance { get; internal set; }

    /// <summary>The runtime's side of the actor.</summary>
    public object? Host { get; set; }

    /// <summary>The class name, for people.</summary>
    public string? ClassName { get; set; }

    /// <summary>
    /// What other nodes are told of it: one instance while it stays the same, because a batch finds what it has already written by the
    /// instance. A new one per call was written in full two or three times a call before its bytes were found to be known.
    /// </summary>
    internal RemoteActor Description =>
        _description is { } known && known.ClassName == ClassName && ReferenceEquals(known.Host, Host) ? known : _description = new RemoteActor(Options, ClassName, Host);

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
