namespace RayOrleans.Silo.Chaos;

/// <summary>One fault of a plan.</summary>
/// <param name="Pause">How long nothing is done before it.</param>
/// <param name="Kind">What is done.</param>
/// <param name="Victim">To which worker, from 0.</param>
/// <param name="Duration">How long it lasts; for a kill or a leave: until the next node joins.</param>
/// <param name="Lag">For a delay: how late everything is.</param>
/// <param name="IsOutward">For a delay: whether that is what it sends, or what it is sent.</param>
internal readonly record struct Fault(TimeSpan Pause, FaultKind Kind, int Victim, TimeSpan Duration, TimeSpan Lag, bool IsOutward)
{
    /// <summary>Whether it happens to connections rather than to a process.</summary>
    public bool IsOfNetwork => Kind is FaultKind.CutOff or FaultKind.Silence or FaultKind.Part or FaultKind.Delay;
}
