using RayOrleans.Core;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Gcs;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Silo.Microbenchmark.Measuring;

/// <summary>
/// Nodes that tell a shard of the GCS of new tasks and let go of their last ones: each has one batch on the way, as links have. The shard is the one that grains
/// host, with its tables, its journal and its group commit; what is between silos is left out. Used by one thread.
/// </summary>
internal sealed class GcsLoad : IDisposable
{
    /// <summary>Nodes.</summary>
    public const int Nodes = 100;

    /// <summary>Tasks per batch.</summary>
    public const int Batch = 10;

    /// <summary>Tasks on the way.</summary>
    public const int InFlight = Nodes * Batch;

    private readonly IShardStorageProvider _storages;
    private readonly Action? _cleanUp;
    private readonly ShardHost _shard;
    private readonly Node[] _nodes;
    private readonly Task[] _calls = new Task[Nodes];

    /// <param name="storages">What keeps the shard; ends with this.</param>
    /// <param name="cleanUp">What is left to do at the end.</param>
    public GcsLoad(IShardStorageProvider storages, Action? cleanUp = null)
    {
        _storages = storages;
        _cleanUp = cleanUp;
        IShardStorage storage = storages.Open(0);
        long epoch = storage.RaiseEpochAsync(1, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        _shard = new ShardHost(new ShardHostOptions { Index = 0, Epoch = epoch }, (IShardJournal)storage, new QuietTransport());
        _nodes = [.. Enumerable.Range(1, Nodes).Select(i => new Node(new NodeId((ulong)i), epoch))];
        foreach (Node node in _nodes)
        {
            _shard.OnMemberChanged(new MemberChange(new RayOrleans.Runtime.Cluster.ClusterMember(node.Self, "benchmark", null), IsAlive: true));
        }

        _shard.StartAsync().GetAwaiter().GetResult();
    }

    /// <summary>Every node publishes a batch of tasks, and all are answered.</summary>
    public void Round()
    {
        for (int i = 0; i < _nodes.Length; i++)
        {
            _calls[i] = TellAsync(_nodes[i]);
        }

        Task.WaitAll(_calls);
    }

    /// <exception cref="InvalidOperationException">The shard still knows tasks that were let go of.</exception>
    public void Dispose()
    {
        int known = _shard.TaskCount;
        _shard.LeaveAsync("the benchmark has ended").GetAwaiter().GetResult();
        _shard.Dispose();
        (_storages as IDisposable)?.Dispose();
        _cleanUp?.Invoke();
        if (known > InFlight)
        {
            throw new InvalidOperationException($"The shard knows {known} tasks, of which {known - InFlight} were let go of.");
        }
    }

    private async Task TellAsync(Node node)
    {
        byte[] answer = await _shard.OnBatchAsync(node.Next()).ConfigureAwait(false);
        if (BatchCodec.DecodeAnswer(answer) is { Kind: not BatchVerdict.Applied } refused)
        {
            throw new InvalidOperationException($"The shard did not take a batch: {refused}.");
        }
    }

    private sealed class Node(NodeId self, long epoch)
    {
        private readonly BatchCodec _codec = new(OpaquePayloadWire.Instance);
        private long _number;
        private ulong _task;

        public NodeId Self => self;

        public byte[] Next()
        {
            // Before a node has said that it has told everything, a shard forgets nothing.
            List<Message> messages = _number == 0 ? [new RepublishedMessage()] : [];
            for (int i = 0; i < GcsLoad.Batch; i++)
            {
                _task++;
                messages.Add(new PublishMessage(new TaskId((ulong)self.Value, _task), null, 0, 0, [new ObjectReport(Ref(_task), ObjectStatus.Remote, 0, 1_000, null, [], IsHere: true, HoldLevel.Value)], null));
                if (_task > GcsLoad.Batch)
                {
                    messages.Add(new HoldMessage(Ref(_task - GcsLoad.Batch), HoldLevel.None));
                }
            }

            return _codec.Encode(new RayOrleans.Core.Batch(Party.Of(self), 0, Party.OfShard(0), epoch, ++_number, messages));
        }

        private RemoteRef Ref(ulong task) => new(new ObjectId(new TaskId((ulong)self.Value, task), 0), self, new JobId(1), self);
    }

    /// <summary>Nodes that take everything.</summary>
    private sealed class QuietTransport : IClusterTransport
    {
        private static readonly byte[] Applied = BatchCodec.EncodeAnswer(new BatchAnswer(BatchVerdict.Applied, 1));

        public int ShardCount => 1;

        public int SchedulerCount => 1;

        public ValueTask<byte[]> CallNodeAsync(NodeId node, byte[] batch) => new(Applied);

        public ValueTask<byte[]> CallShardAsync(int shard, byte[] batch) => throw new NotSupportedException("A shard calls no shard.");

        public ValueTask<byte[]> CallSchedulerAsync(int replica, byte[] batch) => throw new NotSupportedException("A shard calls no scheduler.");
    }
}
