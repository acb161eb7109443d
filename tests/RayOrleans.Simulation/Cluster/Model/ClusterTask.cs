namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>What the checkers know of a task; its payload, too: the same object wherever the task goes.</summary>
internal sealed class ClusterTask(TaskId id, Code code, ClusterJob job, NodeBody parent)
{
    public TaskId Id { get; } = id;

    public Code Code { get; } = code;

    public ClusterJob Job { get; } = job;

    /// <summary>What it stands for.</summary>
    public TaskKind Kind { get; init; }

    /// <summary>The actor that it makes or calls.</summary>
    public ClusterActor? Actor { get; init; }

    /// <summary>Its stream, at the node that submitted it; null: it makes none.</summary>
    public StreamRecord? Stream { get; init; }

    /// <summary>How many items it may be ahead of its reader.</summary>
    public int Window { get; init; }

    /// <summary>The run that submitted it.</summary>
    public NodeBody Parent { get; } = parent;

    /// <summary>Attempts that started, and where.</summary>
    public Dictionary<int, NodeBody> Attempts { get; } = [];

    /// <summary>Who sent an attempt to another node last, and so owns what it makes.</summary>
    public Dictionary<int, SimNode> Senders { get; } = [];

    /// <summary>Attempts that were seen at all, started or only sent somewhere.</summary>
    public HashSet<int> SeenAttempts { get; } = [];

    /// <summary>Attempts that run for other results of the task than the first, which is there.</summary>
    public HashSet<int> AttemptsWithoutResult { get; } = [];

    public bool IsCancelled { get; set; }

    public bool IsCancelledWithChildren { get; set; }

    public int FaultsLeft { get; set; } = code.TransientFaults;

    /// <summary>Attempts that have started, on whichever nodes.</summary>
    public HashSet<int> Started { get; } = [];

    /// <summary>Whether all its retries may have been used. An owner that died may have had one more run, and whoever takes over charges for it.</summary>
    public bool MayBeExhausted(ClusterWorld world) =>
        Code.Options.MaxRetries >= 0 && SeenAttempts.Count + (Parent.Node.HasFailed ? world.Failures : 0) > Code.Options.MaxRetries;

    /// <summary>Whether it runs again for a result that was lost; of calls those whose actor may be started anew, and that may be repeated.</summary>
    public bool IsMadeAgain => Kind == TaskKind.Normal || (Kind == TaskKind.ActorCall && Code.Items is null && Code.Options.MaxRetries != 0 && Actor!.Options.MaxRestarts != 0);

    /// <summary>Whether it has run more often than its options allow.</summary>
    public bool HasRunTooOften => Code.Options.MaxRetries >= 0 && Started.Count > Code.Options.MaxRetries + 1;

    /// <summary>Whether it was cancelled, or a task above it with all that it submitted.</summary>
    public bool MayBeCancelled
    {
        get
        {
            if (IsCancelled)
            {
                return true;
            }

            for (ClusterTask? task = this; task is not null; task = task.Parent.Task)
            {
                if (task.IsCancelledWithChildren)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
