namespace RayOrleans;

/// <summary>How an actor is.</summary>
public enum ActorState
{
    /// <summary>Waits for the arguments of its constructor.</summary>
    WaitingForArguments,

    /// <summary>Waits for a place or is being constructed.</summary>
    Pending,

    /// <summary>Takes calls.</summary>
    Alive,

    /// <summary>Failed and is being rebuilt.</summary>
    Restarting,

    /// <summary>Dead for good.</summary>
    Dead,
}
