namespace RayOrleans.Core;

/// <summary>Whom a value is pulled for. Smaller is more pressing.</summary>
public enum FetchReason : byte
{
    /// <summary>Somebody blocks for it, or awaits it.</summary>
    Get,

    /// <summary>Somebody waits for any of several objects.</summary>
    Wait,

    /// <summary>It is the argument of a task.</summary>
    Argument,
}
