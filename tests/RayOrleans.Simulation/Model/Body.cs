namespace RayOrleans.Core.Simulation;

/// <summary>User code that runs: a driver, or one attempt of a task.</summary>
internal sealed class Body(int number, SimJob job, SimTask? task, Attempt? attempt)
{
    public int Number { get; } = number;

    public SimJob Job { get; } = job;

    public SimTask? Task { get; } = task;

    public Attempt? Attempt { get; } = attempt;

    /// <summary>The actor's object that it runs on.</summary>
    public SimInstance? Instance { get; set; }

    /// <summary>For a call: whether the incarnation it runs in has not ended.</summary>
    public bool IsOfLivingIncarnation => Attempt!.Incarnation == Task!.Actor!.Record.Incarnation;

    public int Floor => Task?.Floor ?? 0;

    public BodyState State { get; set; }

    /// <summary>Its place in the list of runnable bodies; -1 when it is not there.</summary>
    public int RunnableAt { get; set; } = -1;

    /// <summary>The body that waits for this one on the same thread.</summary>
    public Body? Below { get; set; }

    /// <summary>Whether its thread started for it.</summary>
    public bool HasThread { get; set; }

    public bool IsDecoded { get; set; }

    public int StepsLeft { get; set; }

    /// <summary>How far a scripted program has come.</summary>
    public int Stage { get; set; }

    public List<SimRef> Refs { get; } = [];

    public List<SimTask> Streams { get; } = [];

    public List<SimTask> Children { get; } = [];

    public bool MayBlock { get; set; } = true;

    public bool MayClaim { get; set; }

    public int Yielded { get; set; }

    /// <summary>The engine said that its result no longer counts.</summary>
    public bool Abandoned { get; set; }

    /// <summary>It was told so.</summary>
    public bool CancelSeen { get; set; }

    /// <summary>Its end was reported.</summary>
    public bool Completed { get; set; }

    public bool ExitActor { get; set; }

    /// <summary>Whether its CPU is given back, and how deep.</summary>
    public int Blocks { get; set; }

    public WaitKind Waiting { get; set; }

    public SimWatcher? Watcher { get; set; }

    public SimObject[] WaitsFor { get; set; } = [];

    public ObjectEntry[] WaitEntries { get; set; } = [];

    public int Needed { get; set; }

    /// <summary>When its wait gives up; 0: never.</summary>
    public long Deadline { get; set; }
}
