namespace RayOrleans.Core.Simulation;

/// <summary>A value offered to the engine: it must be given back exactly once.</summary>
internal sealed class SimValue(int number, SimObject subject, SimObject[] contained, Body? maker) : IOwnedValue
{
    public int Number { get; } = number;

    public SimObject Subject { get; } = subject;

    public SimObject[] Contained { get; } = contained;

    public Body? Maker { get; } = maker;

    /// <summary>Whether it became its object's value.</summary>
    public bool Accepted { get; set; }

    public bool Discarded { get; set; }

    public void Dispose() => throw new ViolationException($"value {Number} was disposed of by the engine itself");
}
