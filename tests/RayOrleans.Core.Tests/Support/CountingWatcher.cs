namespace RayOrleans.Core.Tests;

/// <summary>Counts how often it fires.</summary>
internal sealed class CountingWatcher : Watcher
{
    public int Fired { get; private set; }

    public override void Fire() => Fired++;
}
