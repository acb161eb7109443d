using System.Globalization;
using RayOrleans.ObjectStore;

namespace RayOrleans.Silo.Microbenchmark.Parts;

/// <summary>A store in another process, and a client of it here. Used by one thread.</summary>
internal sealed class ServedStore : IDisposable
{
    private readonly PartProcess _process;

    /// <param name="capacity">Bytes of its arena.</param>
    public ServedStore(long capacity)
    {
        _process = PartProcess.Start(PartCommands.Serve, FormattableString.Invariant($"{capacity}"));
        Client = StoreClient.Connect(_process.First);
    }

    public StoreClient Client { get; }

    /// <summary>Where other clients connect.</summary>
    public string SocketPath => _process.First;

    /// <summary>Resident bytes of the store's process, after a collection.</summary>
    public long ResidentBytes()
    {
        _process.Ask();
        return long.Parse(_process.Answer(), CultureInfo.InvariantCulture);
    }

    public void Dispose()
    {
        Client.Dispose();
        _process.Dispose();
    }
}
