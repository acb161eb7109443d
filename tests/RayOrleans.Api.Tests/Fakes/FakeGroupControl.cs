namespace RayOrleans.Api.Tests.Fakes;

/// <summary>A placement group that is always ready.</summary>
internal sealed class FakeGroupControl : PlacementGroupControl
{
    public int Removals { get; private set; }

    public override ValueTask ReadyAsync(PlacementGroupId id, TimeSpan? timeout, CancellationToken cancellationToken) => default;

    public override ValueTask RemoveAsync(PlacementGroupId id, CancellationToken cancellationToken)
    {
        Removals++;
        return default;
    }
}
