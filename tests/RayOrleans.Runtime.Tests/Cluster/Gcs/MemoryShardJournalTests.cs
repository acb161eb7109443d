using RayOrleans.Runtime.Cluster.Gcs;

namespace RayOrleans.Runtime.Tests.Cluster.Gcs;

public class MemoryShardJournalTests : ShardJournalKit
{
    private MemoryShardJournal _journal = new();

    protected override bool UnheardAppendThrows => false;

    private protected override IShardJournal Open() => _journal;

    private protected override void Clear() => _journal = new MemoryShardJournal();

    private protected override Task AppendUnheardAsync(IShardJournal journal, long epoch, IReadOnlyList<ReadOnlyMemory<byte>> records) => journal.AppendAsync(epoch, records).AsTask();
}
