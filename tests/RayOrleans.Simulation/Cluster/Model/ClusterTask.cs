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

    /// <summary>The run that submitted it.</summary>
    public NodeBody Parent { get; } = parent;

    /// <summary>Attempts that started, and where.</summary>
    public Dictionary<int, NodeBody> Attempts { get; } = [];

    /// <summary>Who sent an attempt to another node last, and so owns what it makes.</summary>
    public Dictionary<int, SimNode> Senders { get; } = [];

    /// <summary>Attempts that were seen at all, started or only sent somewhere.</summary>
    public HashSet<int> SeenAttempts { get; } = [];

    public bool IsCancelled { get; set; }

    public bool IsCancelledWithChildren { get; set; }

    public int FaultsLeft { get; set; } = code.TransientFaults;

    /// <summary>Whether all its retries may have been used.</summary>
    public bool MayBeExhausted => Code.Options.MaxRetries >= 0 && SeenAttempts.Count > Code.Options.MaxRetries;

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
