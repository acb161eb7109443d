namespace RayOrleans.Core;

/// <summary>What an attempt, or an actor, has to do with the end of the process that it was in.</summary>
public enum Blame : byte
{
    /// <summary>No process has ended: a failure like any other.</summary>
    None,

    /// <summary>It ended the process.</summary>
    Culprit,

    /// <summary>It, or another that was there, ended the process.</summary>
    Suspect,

    /// <summary>It was there.</summary>
    Bystander,
}
