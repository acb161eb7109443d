namespace RayOrleans.Core;

/// <summary>The states of an actor.</summary>
public enum ActorState : byte
{
    /// <summary>Waiting for its constructor to finish.</summary>
    Pending,

    /// <summary>Serving calls.</summary>
    Alive,

    /// <summary>Being constructed again after its incarnation ended.</summary>
    Restarting,

    /// <summary>Gone for good.</summary>
    Dead,
}
