namespace RayOrleans.Core.Tests.Cluster.Scheduling;

public sealed class GlobalSchedulerTests
{
    private const long Input = 10_000_000;
    private const double ShortTask = 100_000;

    private static readonly NodeId One = new((UInt128)1);
    private static readonly NodeId Other = new((UInt128)2);
    private static readonly ResourceShape TwoCpus = new(2 * ResourceAmount.One);

    [Fact]
    public void Place_ShortTasksOneAfterTheOther_StayWithTheirInputs()
    {
        GlobalScheduler scheduler = Scheduler(ShortTask);
        Dictionary<NodeId, long> bytes = new() { [Other] = Input };
        for (int i = 0; i < 1000; i++)
        {
            // No heartbeat between: the node has worked off what was placed there before.
            Assert.Equal(Other, scheduler.Place(Request(i), bytes, i * (long)ShortTask).Node);
        }
    }

    [Fact]
    public void Place_ABurstAtOnce_LeavesTheInputsWhenWaitingCostsMore()
    {
        GlobalScheduler scheduler = Scheduler(ShortTask);
        Dictionary<NodeId, long> bytes = new() { [Other] = Input };
        List<NodeId> chosen = [.. Enumerable.Range(0, 1000).Select(i => scheduler.Place(Request(i), bytes, 0).Node)];
        Assert.InRange(chosen.Count(node => node == One), 300, 500);
    }

    [Fact]
    public void Place_NoInputsAtOnce_SpreadsOverTheNodes()
    {
        GlobalScheduler scheduler = Scheduler(ShortTask);
        Dictionary<NodeId, long> nowhere = [];
        List<NodeId> chosen = [.. Enumerable.Range(0, 1000).Select(i => scheduler.Place(Request(i), nowhere, 0).Node)];
        Assert.InRange(chosen.Count(node => node == One), 400, 600);
    }

    [Fact]
    public void Place_BandwidthKnown_WeighsBytesByIt()
    {
        GlobalScheduler scheduler = Scheduler(ShortTask, queuedAtOther: 20, bytesPerTick: 100);
        Dictionary<NodeId, long> bytes = new() { [Other] = Input };

        // Pulling takes as long as one task; ten are ahead of it where the bytes are.
        Assert.Equal(One, scheduler.Place(Request(0), bytes, 0).Node);
    }

    [Fact]
    public void Place_InputsThatOnlyTheAskingNodeKnows_CountLikeThoseOfTheTable()
    {
        GlobalScheduler scheduler = Scheduler(ShortTask, queuedAtOther: 0);
        for (int i = 0; i < 1000; i++)
        {
            Assert.Equal(One, scheduler.Place(Request(i) with { LocalBytes = Input }, new Dictionary<NodeId, long>(), i * (long)ShortTask).Node);
        }

        // What the table knows of the same node is not added to it.
        Dictionary<NodeId, long> bytes = new() { [One] = Input, [Other] = Input + 1_000_000 };
        Assert.Equal(Other, scheduler.Place(Request(0) with { LocalBytes = Input }, bytes, 10_000 * (long)ShortTask).Node);
    }

    [Fact]
    public void Place_InputsLargerThanANodesStore_GoesWhereTheyFit()
    {
        GlobalScheduler scheduler = new(1);
        scheduler.OnHeartbeat(Load(One, 0, ShortTask, 0) with { StoreBytes = 2 * Input }, 0);
        scheduler.OnHeartbeat(Load(Other, 20, ShortTask, 0) with { StoreBytes = 4 * Input }, 0);
        Dictionary<NodeId, long> nowhere = [];

        Assert.Equal(One, scheduler.Place(Request(0) with { InputBytes = 2 * Input }, nowhere, 0).Node);
        Assert.Equal(Other, scheduler.Place(Request(1) with { InputBytes = 3 * Input }, nowhere, 0).Node);

        // What lies there already needs no room; and where nobody has room, somebody must say so.
        Assert.Equal(One, scheduler.Place(Request(2) with { InputBytes = 3 * Input, LocalBytes = Input }, nowhere, 0).Node);
        Assert.NotEqual(NodeId.None, scheduler.Place(Request(3) with { InputBytes = 9 * Input }, nowhere, 0).Node);
    }

    [Fact]
    public void Loads_PageByPage_GivesEveryLivingNodeOnce()
    {
        GlobalScheduler scheduler = new(1);
        for (int i = 1; i <= 10; i++)
        {
            scheduler.OnHeartbeat(Load(new NodeId((UInt128)(11 - i)), i, 0, 0), 0);
        }

        scheduler.OnMember(new NodeId((UInt128)4), isAlive: false);
        List<NodeLoad> all = [];
        IReadOnlyList<NodeLoad> page;
        while ((page = scheduler.Loads(all.Count == 0 ? NodeId.None : all[^1].Node, 4)).Count > 0)
        {
            Assert.InRange(page.Count, 1, 4);
            all.AddRange(page);
        }

        Assert.Equal([1, 2, 3, 5, 6, 7, 8, 9, 10], all.Select(l => (int)l.Node.Value));
    }

    private static GlobalScheduler Scheduler(double averageTicks, int queuedAtOther = 0, double bytesPerTick = 0)
    {
        GlobalScheduler scheduler = new(1);
        scheduler.OnHeartbeat(Load(One, 0, averageTicks, bytesPerTick), 0);
        scheduler.OnHeartbeat(Load(Other, queuedAtOther, averageTicks, bytesPerTick), 0);
        return scheduler;
    }

    private static NodeLoad Load(NodeId node, int queued, double averageTicks, double bytesPerTick) =>
        new(node, 1, TwoCpus, TwoCpus, queued, averageTicks, bytesPerTick, new Dictionary<string, string>());

    private static PlacementRequest Request(int number) =>
        new(new TaskId(1, (ulong)number), One, ResourceShape.OneCpu, Spread: false, null, [], NodeId.None);
}
