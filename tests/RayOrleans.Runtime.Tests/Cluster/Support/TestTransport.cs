using RayOrleans.Core;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Tests.Cluster.Support;

/// <summary>A transport whose calls a test answers: by a function, or one by one.</summary>
internal sealed class TestTransport : IClusterTransport
{
    private readonly Lock _lock = new();
    private readonly List<(Party To, byte[] Request, TaskCompletionSource<byte[]> Answer)> _calls = [];

    public int ShardCount { get; init; } = 2;

    public int SchedulerCount { get; init; } = 1;

    /// <summary>Answers at once; null: the test answers.</summary>
    public Func<Party, byte[], ValueTask<byte[]>>? Answers { get; set; }

    public static byte[] Applied { get; } = BatchCodec.EncodeAnswer(new BatchAnswer(BatchVerdict.Applied, 1));

    public IReadOnlyList<(Party To, byte[] Request, TaskCompletionSource<byte[]> Answer)> Calls
    {
        get
        {
            lock (_lock)
            {
                return [.. _calls];
            }
        }
    }

    /// <summary>Answers a call, on a thread without a context, so that what follows has happened when this returns.</summary>
    public void Answer(int call) => Answer(call, Applied);

    /// <inheritdoc cref="Answer(int)"/>
    public void Answer(int call, byte[] answer) => OnPool(() => Calls[call].Answer.SetResult(answer));

    /// <inheritdoc cref="Answer(int)"/>
    public void Fail(int call) => OnPool(() => Calls[call].Answer.SetException(new TimeoutException()));

    private static void OnPool(Action action) => Assert.True(Task.Run(action).Wait(Patience.Limit), "a call is answered");

    public ValueTask<byte[]> CallNodeAsync(NodeId node, byte[] batch) => Call(Party.Of(node), batch);

    public ValueTask<byte[]> CallShardAsync(int shard, byte[] batch) => Call(Party.OfShard(shard), batch);

    public ValueTask<byte[]> CallSchedulerAsync(int replica, byte[] batch) => throw new NotSupportedException();

    private ValueTask<byte[]> Call(Party to, byte[] request)
    {
        TaskCompletionSource<byte[]> answer = new();
        lock (_lock)
        {
            _calls.Add((to, request, answer));
        }

        return Answers is { } answers ? answers(to, request) : new(answer.Task);
    }
}
