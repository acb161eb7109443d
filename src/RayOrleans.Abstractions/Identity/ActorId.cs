namespace RayOrleans;

/// <summary>Identifies an actor by the task that created it.</summary>
/// <param name="Creation">The creation task.</param>
public readonly record struct ActorId(TaskId Creation)
{
    /// <summary>The id that stands for no actor.</summary>
    public static ActorId None => default;

    /// <summary>Whether this is <see cref="None"/>.</summary>
    public bool IsNone => Creation.IsNone;

    /// <summary>The creation task's id.</summary>
    public override string ToString() => Creation.ToString();
}
