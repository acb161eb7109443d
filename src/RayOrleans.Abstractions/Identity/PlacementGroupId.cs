namespace RayOrleans;

/// <summary>Identifies a placement group by the id it was given as if it were a task of its creator.</summary>
/// <param name="Creation">The creation's id.</param>
public readonly record struct PlacementGroupId(TaskId Creation)
{
    /// <summary>The id that stands for no group.</summary>
    public static PlacementGroupId None => default;

    /// <summary>Whether this is <see cref="None"/>.</summary>
    public bool IsNone => Creation.IsNone;

    /// <summary>The creation's id.</summary>
    public override string ToString() => Creation.ToString();
}
