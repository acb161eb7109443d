namespace RayOrleans.Transfer;

/// <summary>Whom a pull is for. Smaller goes first.</summary>
public enum PullClass
{
    /// <summary>Somebody is blocked in a get.</summary>
    Get,

    /// <summary>Somebody waits for any of several.</summary>
    Wait,

    /// <summary>A task that has not started needs it.</summary>
    TaskArgument,
}
