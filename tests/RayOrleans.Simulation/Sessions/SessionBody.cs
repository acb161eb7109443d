namespace RayOrleans.Core.Simulation.Sessions;

/// <summary>User code on its way: of an attempt, or a driver's.</summary>
internal sealed class SessionBody(SessionProcess process, Attempt? attempt)
{
    public SessionProcess Process => process;

    public Attempt? Attempt => attempt;

    public IEnumerator<ObjectEntry?> Code { get; set; } = null!;

    /// <summary>What it waits for; null: it can go on.</summary>
    public Watcher? Wait { get; set; }

    /// <summary>The object that it waits for, where it is one.</summary>
    public ObjectEntry? WaitsFor { get; set; }

    /// <summary>Registers what it waits for, where that is no object.</summary>
    public Func<Watcher, bool>? WaitFor { get; set; }

    /// <summary>Streams that it reads.</summary>
    public List<TaskRecord> Streams { get; } = [];

    public bool IsCancelled { get; set; }

    /// <summary>References that the code has.</summary>
    public List<(ObjectEntry Entry, bool BySubmitter)> Held { get; } = [];

    /// <summary>The outcome, once the code has ended.</summary>
    public Outcome Outcome { get; set; }

    public void Hold(ObjectEntry entry)
    {
        process.Engine.Hold(entry);
        Held.Add((entry, false));
    }

    public void LetGo(ObjectEntry entry, bool bySubmitter = false)
    {
        Held.Remove((entry, bySubmitter));
        process.Engine.ReleaseHold(entry, bySubmitter);
    }

    /// <summary>It reads a stream no more. The reference to its end goes before or after that.</summary>
    public void Leave(TaskRecord stream)
    {
        Streams.Remove(stream);
        bool endFirst = (stream.TaskId.GetHashCode() & 1) == 0;
        if (endFirst)
        {
            LetGo(stream, bySubmitter: true);
        }

        process.Engine.AbandonStream(stream);
        if (!endFirst)
        {
            LetGo(stream, bySubmitter: true);
        }
    }

    /// <summary>Its references are collected.</summary>
    public void LetGoOfAll()
    {
        foreach (TaskRecord stream in Streams.ToList())
        {
            Leave(stream);
        }

        foreach ((ObjectEntry entry, bool bySubmitter) in Held)
        {
            process.Engine.ReleaseHold(entry, bySubmitter);
        }

        Held.Clear();
    }
}
