namespace RayOrleans.Core;

/// <summary>
/// Somebody outside the engine who waits for objects: a blocked thread, an awaiting flow. It fires once, when enough of its objects
/// are settled, or at the first failure where it asked for that. Firing is an effect, carried out after the lock is released.
/// </summary>
public abstract class Watcher
{
    /// <summary>How many more objects must settle.</summary>
    public int Remaining { get; internal set; }

    /// <summary>Whether one failure is enough.</summary>
    public bool FailFast { get; init; }

    /// <summary>Whether a value anywhere is enough; otherwise it must be here.</summary>
    public bool ExistsOnly { get; init; }

    /// <summary>Whether any of several objects will do: less pressing than a wait for all of them.</summary>
    public bool IsChoice { get; init; }

    /// <summary>Why it fired without its objects; null: it did not. Read it once it has fired.</summary>
    public Refusal? Refusal { get; internal set; }

    /// <summary>Those of a choice's objects that this node's store can never hold: they count as there, and reading them says why they are not; null: there are none.</summary>
    public IReadOnlyList<ObjectEntry>? Refused { get; private set; }

    /// <summary>Whether it has fired, or was given up.</summary>
    public bool IsDone { get; internal set; }

    internal void Refuse(ObjectEntry entry) => Refused = [.. Refused ?? [], entry];

    /// <summary>Wakes whoever waits. Called outside the lock, at most once, by whichever thread settled the last object; must be short and must not run user code.</summary>
    public abstract void Fire();
}
