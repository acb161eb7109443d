using RayOrleans.Grains;
using RayOrleans.Silo.Microbenchmark.Lines;

namespace RayOrleans.Silo.Figures;

/// <summary>The id of a figure's cluster where its shards are kept: one of its own, so that it does not begin with what an earlier one left, and leaves nothing in a database.</summary>
/// <param name="gcs">Where the shards are kept, as <c>start --gcs</c> takes it; null: as a cluster on loopback has it.</param>
internal sealed class FigureService(string? gcs) : IAsyncDisposable
{
    private readonly string _id = $"figure-{Guid.NewGuid():N}";

    /// <summary>What the first silo is started with.</summary>
    public IReadOnlyList<string> Arguments => gcs is null ? [] : ["--gcs", gcs, "--service-id", _id];

    /// <summary>Forgets it in the database, when its silos have ended.</summary>
    public async ValueTask DisposeAsync()
    {
        if (gcs is not null && GcsBackEnd.TryParse(gcs, out GcsBackEnd? place) && place.Kind == GcsBackEndKind.Postgres && GcsLines.Database is { } database)
        {
            await PostgresGcsStore.ForgetAsync(new GcsPlace(place, _id, database, AppliesSchema: false), CancellationToken.None).ConfigureAwait(false);
        }
    }
}
