namespace RayOrleans.Core.Simulation.Sessions;

/// <summary>User code on its way: of an attempt, or a driver's.</summary>
internal sealed class SessionBody(SessionProcess process, Attempt? attempt)
{
    public SessionProcess Process => process;

    public Attempt? Attempt => attempt;

    public IEnumerator<ObjectEntry?> Code { get; set; } = null!;

    /// <summary>What it waits for; null: it can go on.</summary>
    public Watcher? Wait { get; set; }

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

    /// <summary>Its references are collected.</summary>
    public void LetGoOfAll()
    {
        foreach ((ObjectEntry entry, bool bySubmitter) in Held)
        {
            process.Engine.ReleaseHold(entry, bySubmitter);
        }

        Held.Clear();
    }
}
