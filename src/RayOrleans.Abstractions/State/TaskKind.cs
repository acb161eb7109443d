namespace RayOrleans;

/// <summary>What kind of task a record is about.</summary>
public enum TaskKind
{
    /// <summary>A plain task.</summary>
    Task,

    /// <summary>The construction of an actor.</summary>
    ActorCreation,

    /// <summary>A call of an actor.</summary>
    ActorCall,

    /// <summary>The root of a driver.</summary>
    Driver,
}
