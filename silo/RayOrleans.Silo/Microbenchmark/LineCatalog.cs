using RayOrleans.Silo.Microbenchmark.Lines;

namespace RayOrleans.Silo.Microbenchmark;

/// <summary>Every line, in the order in which they run: lines that share a runtime follow each other.</summary>
internal static class LineCatalog
{
    /// <summary>The lines.</summary>
    public static IReadOnlyList<BenchmarkLine> All { get; } =
    [
        .. ObjectLines.All,
        .. GigabyteLines.All,
        .. TransferLines.All,
        .. OtherProcessLines.All,
        .. TaskLines.All,
        .. KeptTaskLines.All,
        .. ActorLines.All,
        .. AsyncActorLines.All,
        .. InlineLines.All,
        .. SmallStoreLines.All,
        .. SpillLines.All,
        .. BurnLines.All,
        .. WorkerProcessLines.All,
        .. OtherNodeLines.All,
        .. LocalityLines.All,
        .. GcsLines.All,
    ];
}
