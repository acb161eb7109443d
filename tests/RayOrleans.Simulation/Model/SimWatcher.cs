namespace RayOrleans.Core.Simulation;

/// <summary>A blocked body's watcher.</summary>
internal sealed class SimWatcher(Body body, Action<SimWatcher> fired) : Watcher
{
    public Body Body { get; } = body;

    public bool HasFired { get; private set; }

    public bool GivenUp { get; set; }

    public override void Fire()
    {
        if (HasFired)
        {
            throw new ViolationException($"the watcher of body {Body.Number} fired twice");
        }

        HasFired = true;
        fired(this);
    }
}
