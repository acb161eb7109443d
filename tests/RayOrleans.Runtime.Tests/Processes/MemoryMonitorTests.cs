using RayOrleans.ObjectStore;
using RayOrleans.Runtime.Processes;
using RayOrleans.Runtime.Tests.Code;
using RayOrleans.Runtime.Wire;

namespace RayOrleans.Runtime.Tests.Processes;

/// <summary>Real worker processes that really fill memory, on a node whose limit is made up: all that is used of it is what they have.</summary>
public sealed class MemoryMonitorTests : IAsyncLifetime
{
    private const long Limit = 1L << 30;
    private const double Threshold = 0.45;

    /// <summary>Above the threshold with one process, however little the others have.</summary>
    private const int Much = 500 << 20;

    private const int Little = 32 << 20;

    private readonly Meter _meter = new();
    private LocalNode _node = null!;

    private IRay Driver => _node.Driver;

    public Task InitializeAsync()
    {
        RayOptions options = new()
        {
            CpusPerNode = 4,
            ObjectStoreBytes = 64 << 20,
            MemoryUsageThreshold = Threshold,
            MemoryMonitorInterval = TimeSpan.FromMilliseconds(20),
        };
        WorkerCommand command = new(OtherProcess.Host, ["exec", typeof(MemoryMonitorTests).Assembly.Location, "ray-worker"]);
        _node = LocalNode.Start(options, new NodeStart(new NodeId(77), null) { Worker = command, Meter = _meter });
        _meter.Node = _node.Services;
        return Task.CompletedTask;
    }

    public async Task DisposeAsync() => await _node.DisposeAsync();

    [Fact]
    public async Task Task_ThatMayNotBeRepeated_FailsAndSaysWhy()
    {
        NodeOutOfMemoryException error = await Assert.ThrowsAsync<NodeOutOfMemoryException>(
            () => Driver.Options(isolation: Isolation.Process, maxRetries: 0, name: "hog").Remote(static (int bytes) => Fill(bytes), Much).Soon());

        Assert.Equal((_node.Services.NodeId, "hog", Limit), (error.NodeId, error.FunctionName, error.LimitBytes));
        Assert.InRange(error.UsedBytes, (long)(Limit * Threshold), long.MaxValue);
        foreach (string part in new[] { "hog has no result: its worker process ", "of 1,024 MiB were in use (a test), more than 45.0", "(hog)", "Ray.Options(memory: ...)", "maxRetries 0" })
        {
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }

        Assert.Equal(1, _node.Services.Memory!.StoppedCount);
        Assert.Contains(_node.Services.Events.Warnings, w => w.Contains("stopped it because memory ran out", StringComparison.Ordinal));
        TaskInfo listed = Assert.Single(await Driver.State.TasksAsync(t => t.Name == "hog"));
        Assert.Equal((TaskState.Failed, typeof(NodeOutOfMemoryException).FullName), (listed.State, listed.ErrorType));
    }

    [Fact]
    public async Task Task_ThatNeedsLessTheNextTime_Succeeds()
    {
        ObjectRef<int> attempt = Driver.Options(isolation: Isolation.Process, maxRetries: 1).Remote(static (int bytes) => Ray.Context.Attempt == 0 ? Fill(bytes) : Ray.Context.Attempt, Much);

        Assert.Equal(1, await attempt.Soon());
    }

    [Fact]
    public async Task Bystander_InTheJobsProcess_RunsAgain_AndTheOneThatFillsItFails()
    {
        RemoteOptions job = Driver.Options(isolation: Isolation.JobProcess, maxRetries: 1);
        ObjectRef<int> bystander = job.Remote(static async (int x) =>
        {
            if (Ray.Context.Attempt == 0)
            {
                await Ray.Kv.PutAsync("bystander runs", new byte[] { 1 });
                await Task.Delay(Timeout.Infinite);
            }

            return x * x;
        }, 12);
        ObjectRef<int> hog = job.Remote(static async (int bytes) =>
        {
            while (await Ray.Kv.GetAsync("bystander runs") is null)
            {
                // The other one may not have begun.
                await Task.Delay(5);
            }

            return Fill(bytes);
        }, Much);

        Assert.Equal(144, await bystander.Soon());
        await Assert.ThrowsAsync<NodeOutOfMemoryException>(() => hog.Soon());
    }

    [Fact]
    public async Task Actor_IsRestarted_ThenDiesOfIt()
    {
        ActorHandle<Keeper> actor = Driver.Options(isolation: Isolation.Process, maxRestarts: 1).Actor(static () => new Keeper());
        Assert.Equal(7, await actor.Remote(static a => a.Number()).Soon());
        await Assert.ThrowsAsync<NodeOutOfMemoryException>(() => actor.Remote(static (a, bytes) => a.Keep(bytes), Much).Soon());
        Assert.Equal(7, await actor.Remote(static a => a.Number()).Soon());
        await Assert.ThrowsAsync<NodeOutOfMemoryException>(() => actor.Remote(static (a, bytes) => a.Keep(bytes), Much).Soon());

        ActorDiedException death = await Assert.ThrowsAsync<ActorDiedException>(() => actor.Remote(static a => a.Number()).Soon());
        Assert.Equal(Limit, Assert.IsType<NodeOutOfMemoryException>(death.InnerException).LimitBytes);
    }

    [Fact]
    public async Task MemoryThatNoWorkerHas_StopsNothing()
    {
        // Whatever the silo and other programs have: a worker process is less than a hundredth of it.
        _meter.Fixed = new MemoryUse(1L << 50, 1L << 50, "a test");
        Patience.Until(() => _node.Services.Events.Warnings.Any(w => w.Contains("No worker process has enough of it", StringComparison.Ordinal)), "the node had warned");

        Assert.Equal(49, await Driver.Options(isolation: Isolation.Process, maxRetries: 0).Remote(static (int x) => x * x, 7).Soon());
        Assert.Equal(Little, await Driver.Options(isolation: Isolation.InSilo, maxRetries: 0).Remote(static (int bytes) => Allocate(bytes).Length, Little).Soon());

        Assert.Equal(0, _node.Services.Memory!.StoppedCount);
        Assert.Single(_node.Services.Events.Warnings, w => w.Contains("No worker process has enough of it", StringComparison.Ordinal));
    }

    [Fact]
    public void Cause_KeepsItsFiguresOnTheWayToOtherNodes()
    {
        NodeOutOfMemoryException cause = new("full") { NodeId = new NodeId(7), UsedBytes = 5, LimitBytes = 6 };

        NodeOutOfMemoryException copy = Assert.IsType<NodeOutOfMemoryException>(PackedCause.Of(cause, _node.Services.Serializer).Unpack(_node.Services.Serializer));

        Assert.Equal((cause.Message, cause.NodeId, 5L, 6L), (copy.Message, copy.NodeId, copy.UsedBytes, copy.LimitBytes));
    }

    /// <summary>Fills memory, and stays until somebody ends the process.</summary>
    private static int Fill(int bytes)
    {
        byte[] array = Allocate(bytes);
        Thread.Sleep(Timeout.Infinite);
        return array.Length;
    }

    private static byte[] Allocate(int bytes)
    {
        byte[] array = GC.AllocateUninitializedArray<byte>(bytes);
        array.AsSpan().Fill(1);
        return array;
    }

    private sealed class Keeper
    {
        public int Number() => 7;

        public int Keep(int bytes) => Fill(bytes);
    }

    private sealed class Meter : IMemoryMeter
    {
        private volatile NodeServices? _node;
        private volatile object? _fixed;

        public NodeServices Node
        {
            set => _node = value;
        }

        public MemoryUse Fixed
        {
            set => _fixed = value;
        }

        public MemoryUse? Use() => _fixed is MemoryUse use
            ? use
            : _node?.Processes is { } workers ? new MemoryUse(workers.All().Sum(w => PrivateBytesOf(w.ProcessId) ?? 0), Limit, "a test") : null;

        public long? PrivateBytesOf(int processId) => processId == 0 ? null : MemoryUse.PrivateOf("/", processId);
    }
}
