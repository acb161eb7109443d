using System.Globalization;

namespace RayOrleans.Runtime.Cluster.Gcs;

/// <summary>A shard takes nothing for now: what waits for its journal has reached the bound, because the storage is away or slow. Whoever sent it sends it again.</summary>
internal sealed class JournalBusyException(long waitingBytes)
    : Exception(string.Create(CultureInfo.InvariantCulture, $"The shard's journal does not keep up: {waitingBytes} bytes wait for it. What was refused is to be sent again."));
