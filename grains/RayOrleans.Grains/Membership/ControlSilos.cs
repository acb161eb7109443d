using System.Diagnostics;
using Orleans.Runtime;

namespace RayOrleans.Grains;

/// <summary>The silos that take shards and schedulers, as this silo knows them.</summary>
/// <param name="Number">How often they have changed.</param>
/// <param name="Since">The timestamp of the last change.</param>
/// <param name="Silos">The silos.</param>
internal sealed record ControlSilos(long Number, long Since, IReadOnlyList<SiloAddress> Silos)
{
    /// <summary>How long they have been the same.</summary>
    public TimeSpan Age => Stopwatch.GetElapsedTime(Since);
}
