using RayOrleans.Runtime.Cluster.Gcs;

namespace RayOrleans.Runtime.Tests.Cluster.Gcs;

public class MemoryShardJournalTests : ShardJournalKit
{
    private MemoryShardJournal _journal = new();

    private protected override IShardJournal Open() => _journal;

    private protected override void Clear() => _journal = new MemoryShardJournal();
}
