namespace RayOrleans.Core;

/// <summary>What a task record stands for.</summary>
public enum TaskKind : byte
{
    /// <summary>A function call.</summary>
    Normal,

    /// <summary>The construction of an actor.</summary>
    ActorCreation,

    /// <summary>A call of an actor's method.</summary>
    ActorCall,
}
