namespace RayOrleans.Core;

/// <summary>An object that a process and its node both know.</summary>
internal sealed class KnownObject(ObjectEntry entry)
{
    public ObjectEntry Entry { get; } = entry;

    /// <summary>How often one side has told the other of it since it was last released.</summary>
    public long Mentions { get; set; } = 1;

    /// <summary>In the process: the node will say when it has a value.</summary>
    public bool IsNeeded { get; set; }

    /// <summary>In the process: the node will say when the value exists.</summary>
    public bool IsAwaited { get; set; }
}
