namespace RayOrleans;

/// <summary>
/// Resources reserved as a group of bundles; use it with <see cref="SchedulingStrategy.PlacementGroup"/>.
/// Compared by id; may be passed to tasks and actors. Thread-safe.
/// </summary>
public sealed class PlacementGroup : IEquatable<PlacementGroup>
{
    internal PlacementGroup(
        PlacementGroupId id, IReadOnlyList<Bundle> bundles, PlacementStrategy strategy, string? name, PlacementGroupControl control)
    {
        Id = id;
        Bundles = bundles;
        Strategy = strategy;
        Name = name;
        Control = control;
    }

    /// <summary>The group's id.</summary>
    public PlacementGroupId Id { get; }

    /// <summary>What each bundle reserves.</summary>
    public IReadOnlyList<Bundle> Bundles { get; }

    /// <summary>How the bundles are laid out.</summary>
    public PlacementStrategy Strategy { get; }

    /// <summary>The name it was given, if one was.</summary>
    public string? Name { get; }

    /// <summary>The runtime's side of the group.</summary>
    internal PlacementGroupControl Control { get; }

    /// <summary>Completes when every bundle is reserved.</summary>
    /// <param name="timeout">How long to wait; null for without bound.</param>
    /// <param name="cancellationToken">Ends the waiting; the group goes on waiting for its resources.</param>
    /// <exception cref="GetTimeoutException">The time is over.</exception>
    /// <exception cref="PlacementGroupRemovedException">The group was removed.</exception>
    public ValueTask ReadyAsync(TimeSpan? timeout = null, CancellationToken cancellationToken = default) => Control.ReadyAsync(Id, timeout, cancellationToken);

    /// <summary>Gives the resources back; tasks and actors inside are stopped. Removing it again does nothing.</summary>
    /// <param name="cancellationToken">Ends the waiting, not the removal.</param>
    public ValueTask RemoveAsync(CancellationToken cancellationToken = default) => Control.RemoveAsync(Id, cancellationToken);

    /// <inheritdoc/>
    public bool Equals(PlacementGroup? other) => other is not null && Id == other.Id;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as PlacementGroup);

    /// <inheritdoc/>
    public override int GetHashCode() => Id.GetHashCode();

    /// <summary>The name or the id, for people.</summary>
    public override string ToString() => $"PlacementGroup({Name ?? Id.ToString()}, {Strategy}, {Bundles.Count} bundles)";
}
