namespace RayOrleans.Core;

/// <summary>How an attempt that a process is given comes by its CPU.</summary>
public enum RideKind : byte
{
    /// <summary>It has a grant of its own, and nobody follows.</summary>
    Alone,

    /// <summary>It has a grant, which it passes on to those that follow.</summary>
    Leads,

    /// <summary>It runs when the one before it in its lease has ended, or blocks.</summary>
    Rides,
}
