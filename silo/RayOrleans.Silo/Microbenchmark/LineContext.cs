using RayOrleans.Grains;
using RayOrleans.Silo.Microbenchmark.Lines;

namespace RayOrleans.Silo.Microbenchmark;

/// <summary>What a line gets to work with. Used by the driver's thread alone.</summary>
/// <param name="Ray">The runtime.</param>
/// <param name="Scale">Sizes, counts and times.</param>
/// <param name="Data">Arrays that are shared between lines, because they are large.</param>
internal sealed record LineContext(IRay Ray, BenchmarkScale Scale, BenchmarkData Data)
{
    /// <summary>The local scheduler of the node's silo, where the line's profile is <see cref="RuntimeProfile.Silo"/>.</summary>
    public ILocalSchedulerGrain? Scheduler { get; init; }

    /// <summary>The node in the other process, where the line's profile has two.</summary>
    public NodeId Other { get; init; }
}
