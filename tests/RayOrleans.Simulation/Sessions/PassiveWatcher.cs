namespace RayOrleans.Core.Simulation.Sessions;

/// <summary>Says that it has fired.</summary>
internal sealed class PassiveWatcher : Watcher
{
    public bool HasFired { get; private set; }

    public override void Fire() => HasFired = true;
}
