namespace RayOrleans.Core.Simulation;

/// <summary>An actor's object. The engine must stop it exactly once, by the effect meant for that.</summary>
internal sealed class SimInstance(int number) : IOwnedValue
{
    public int Number { get; } = number;

    public List<SimRef> Refs { get; } = [];

    public bool Stopped { get; set; }

    /// <summary>Its actor was killed: it is left as it is, as after a crash.</summary>
    public bool Killed { get; set; }

    /// <summary>Bodies that run on it.</summary>
    public int Running { get; set; }

    public void Dispose() => throw new ViolationException($"instance {Number} was disposed of by the engine itself");
}
