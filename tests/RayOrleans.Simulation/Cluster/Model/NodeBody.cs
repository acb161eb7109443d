namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>A run of code on a node: a driver, or one attempt of a task.</summary>
internal sealed class NodeBody(int number, SimNode node, ClusterJob job, ClusterTask? task, Code code, Attempt? attempt)
{
    public int Number { get; } = number;

    public SimNode Node { get; } = node;

    public ClusterJob Job { get; } = job;

    /// <summary>The task; null for a driver.</summary>
    public ClusterTask? Task { get; } = task;

    public Code Code { get; } = code;

    public Attempt? Attempt { get; } = attempt;

    /// <summary>The actor's object that it runs on.</summary>
    public SimActorInstance? Instance { get; set; }

    public LocalRef?[] Locals { get; } = new LocalRef?[code.Locals.Length];

    public bool[] Done { get; } = new bool[code.Steps.Length];

    /// <summary>Its result so far.</summary>
    public ulong Sum { get; set; }

    public bool IsDecoded { get; set; }

    public bool IsBlocked { get; set; }

    public bool HasEnded { get; set; }

    /// <summary>The engine said that its result no longer counts.</summary>
    public bool IsAbandoned { get; set; }

    /// <summary>It was told so.</summary>
    public bool CancelSeen { get; set; }

    public NodeWatcher? Watcher { get; set; }

    public ObjectEntry[] WaitEntries { get; set; } = [];

    /// <summary>The steps that it gets the objects for; none for a wait that only waits.</summary>
    public int[] WaitSteps { get; set; } = [];

    public int WaitNeeded { get; set; }

    /// <summary>The put that it waits for; null: it waits for none.</summary>
    public SimObjectInfo? WaitPut { get; set; }

    /// <summary>How many nodes had failed when that wait began, and everybody knew of it, and another was there; else no number that there ever is.</summary>
    public int WaitFailures { get; set; }

    /// <summary>How many items of its stream it has made.</summary>
    public int Yielded { get; set; }

    /// <summary>How many of its things have been drawn by chance so far.</summary>
    public int Pranks { get; set; }

    /// <summary>Whether it is not the first run of its task, or below one that is not.</summary>
    public bool IsRepeated
    {
        get
        {
            NodeBody? body = this;
            while (body is { Attempt: null or { Number: 0 } })
            {
                body = body.Task?.Parent;
            }

            return body is not null;
        }
    }

    public bool IsBelow(NodeBody other)
    {
        for (NodeBody? body = this; body is not null; body = body.Task?.Parent)
        {
            if (body == other)
            {
                return true;
            }
        }

        return false;
    }

    public override string ToString() =>
        $"run {Number} on node {Node.Number} of {(Task is null ? $"driver {Job.Number}" : $"task {Task.Id} attempt {Attempt!.Number}")}";
}
