using RayOrleans.Core;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Gcs;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Tests.Cluster.Support;
using RayOrleans.Runtime.Tests.Cluster.Wire;

namespace RayOrleans.Runtime.Tests.Cluster.Gcs;

/// <summary>Finished tasks leave a shard's memory, and whoever takes their records over has them made again all the same.</summary>
public sealed class ShardLineageTests : IDisposable
{
    private const int Tasks = 60;
    private const long MemoryBytes = 4_000;

    private static readonly NodeId One = new(1);
    private static readonly NodeId Two = new(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rayorleans-lineage-");
    private readonly ManualTime _time = new();
    private readonly TestJournal _journal = new();
    private readonly TestTransport _transport = new() { Answers = static (_, _) => new(TestTransport.Applied) };
    private readonly BatchCodec _codec = new(OpaquePayloadWire.Instance);
    private readonly MessageMaker _maker = new(7);
    private readonly Dictionary<TaskId, byte[]> _specs = [];
    private readonly List<Exception> _failures = [];

    [Fact]
    public async Task FinishedTasks_LeaveMemory_AndTheHeirGetsThem()
    {
        using ShardHost host = await StartAsync();
        await PublishAsync(host);

        Assert.InRange(host.Lineage.MemoryBytes, 1, MemoryBytes);
        Assert.InRange(host.Lineage.Stored, Tasks / 2, Tasks - 1);
        await KillOneAsync(host);
        AssertAdopted();
    }

    [Fact]
    public async Task State_HasWhatLiesInFiles_SoTheNextActivationHasItToo()
    {
        using (ShardHost host = await StartAsync(maxJournalBytes: 1))
        {
            await PublishAsync(host);
            Assert.True(_journal.Replaced > 0);
        }

        using ShardHost next = await StartAsync();
        Assert.InRange(next.Lineage.MemoryBytes, 1, MemoryBytes);
        Assert.InRange(next.Lineage.Stored, Tasks / 2, Tasks - 1);
        ShardTalk two = new(Two, 0);
        await two.Say(next, [.. Enumerable.Range(0, Tasks).Select(i => (Message)new HoldMessage(new ShardTalk(One, 0).Ref((ulong)i), HoldLevel.Value)), new RepublishedMessage()]);
        await new ShardTalk(One, 0).Say(next, new RepublishedMessage());
        await KillOneAsync(next);
        AssertAdopted();
    }

    [Fact]
    public async Task Moved_ItsStateHasWhatLiesInFiles()
    {
        MemoryShardJournal memory = new();
        using ShardHost host = await StartAsync(memory);
        await PublishAsync(host);
        await host.LeaveAsync("it moves");

        using ShardHost next = await StartAsync(memory);
        Assert.Equal(Tasks, next.TaskCount);
        Assert.InRange(next.Lineage.Stored, Tasks / 2, Tasks - 1);
    }

    /// <summary>The journal has all of it: nothing is answered, or written down, for which something is missing.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(1 << 20)]
    public async Task FilesThatCannotBeRead_EndTheActivation_AndTheNextGoesOnFromTheJournal(long maxJournalBytes)
    {
        using ShardHost host = await StartAsync(maxJournalBytes: 1 << 20);
        await PublishAsync(host);
        int before = _journal.Replaced;
        host.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => KillOneAsync(host));
        Assert.NotNull(host.Ended);
        Assert.Equal(before, _journal.Replaced);

        using ShardHost next = await StartAsync(maxJournalBytes: maxJournalBytes);
        ShardTalk two = new(Two, 0);
        await two.Say(next, [.. Enumerable.Range(0, Tasks).Select(i => (Message)new HoldMessage(new ShardTalk(One, 0).Ref((ulong)i), HoldLevel.Value)), new RepublishedMessage()]);
        await KillOneAsync(next);
        AssertAdopted();
    }

    /// <summary>Its state is not what the journal says, and is not the next one's to read.</summary>
    [Fact]
    public async Task EndedByAFailure_LeavesWithoutItsState()
    {
        MemoryShardJournal memory = new();
        using ShardHost host = await StartAsync(memory);
        await PublishAsync(host);
        host.Dispose();
        await Assert.ThrowsAnyAsync<Exception>(() => KillOneAsync(host));

        await host.LeaveAsync("it moves");
        using ShardHost next = await StartAsync(memory);
        Assert.Equal(0, next.TaskCount);
    }

    [Fact]
    public async Task StateThatCannotBeRead_IsNotLeft_AndTheActivationHasEnded()
    {
        MemoryShardJournal memory = new();
        using ShardHost host = await StartAsync(memory);
        await PublishAsync(host);
        host.Dispose();

        await Assert.ThrowsAnyAsync<Exception>(() => host.LeaveAsync("it moves"));
        Assert.NotNull(host.Ended);
    }

    [Fact]
    public async Task TasksThatNobodyNeeds_LeaveTheFiles()
    {
        using ShardHost host = await StartAsync();
        (ShardTalk one, ShardTalk two) = await PublishAsync(host);
        await two.Say(host, [.. Enumerable.Range(0, Tasks).Select(i => (Message)new HoldMessage(one.Ref((ulong)i), HoldLevel.None))]);
        await one.Say(host, [.. Enumerable.Range(0, Tasks).Select(i => (Message)new HoldMessage(one.Ref((ulong)i), HoldLevel.None))]);

        Assert.Equal((0, 0, 0), (host.TaskCount, host.Lineage.Stored, (int)host.Lineage.MemoryBytes));
    }

    [Fact]
    public async Task FolderThatTakesNothing_TheyStayInMemory_UntilItDoes()
    {
        _folder.Delete();
        using ShardHost host = await StartAsync();
        (ShardTalk one, _) = await PublishAsync(host);
        Assert.Equal(0, host.Lineage.Stored);
        Assert.True(host.Lineage.MemoryBytes > MemoryBytes);
        Assert.Single(_failures);

        _folder.Create();
        await one.Say(host);
        Assert.Equal(0, host.Lineage.Stored);
        _time.Advance(TimeSpan.FromSeconds(6));
        await one.Say(host);
        Assert.InRange(host.Lineage.MemoryBytes, 1, MemoryBytes);
        await KillOneAsync(host);
        AssertAdopted();
    }

    [Fact]
    public async Task SwitchedOff_EverythingStaysInMemory_AlsoWhatNobodyNeeds()
    {
        using ShardHost host = await StartAsync(flushes: false);
        (ShardTalk one, ShardTalk two) = await PublishAsync(host);
        Assert.Equal(0, host.Lineage.Stored);
        await two.Say(host, [.. Enumerable.Range(0, Tasks).Select(i => (Message)new HoldMessage(one.Ref((ulong)i), HoldLevel.None))]);
        await one.Say(host, [.. Enumerable.Range(0, Tasks).Select(i => (Message)new HoldMessage(one.Ref((ulong)i), HoldLevel.None))]);

        Assert.Equal((0, Tasks), (host.TaskCount, host.Lineage.Forgotten));
    }

    public void Dispose()
    {
        if (Directory.Exists(_folder.FullName))
        {
            _folder.Delete(recursive: true);
        }
    }

    /// <summary>Node one's tasks, which have ended and whose values lie in its store, and node two's holds on them.</summary>
    private async Task<(ShardTalk One, ShardTalk Two)> PublishAsync(ShardHost host)
    {
        (ShardTalk one, ShardTalk two) = (new(One, 0), new(Two, 0));
        await one.Say(host, new RepublishedMessage());
        await two.Say(host, new RepublishedMessage());
        for (ulong i = 0; i < Tasks; i++)
        {
            PublishMessage plain = one.Publish(i);
            TaskSpec spec = _maker.Spec();
            spec = spec with { PayloadBytes = ((byte[])spec.Payload!).Length, Id = plain.Task, Kind = Core.TaskKind.Normal, Actor = null, ActorId = ActorId.None, PartCount = 0 };
            _specs[plain.Task] = SpecFilesTests.Encode(spec);
            await one.Say(host, plain with { Spec = spec });
            await two.Say(host, new HoldMessage(one.Ref(i), HoldLevel.Value));
        }

        return (one, two);
    }

    private static async Task KillOneAsync(ShardHost host)
    {
        host.OnMemberChanged(new MemberChange(new ClusterMember(One, "n", null), IsAlive: false));
        await host.OnBatchAsync(TableLookup.EncodeRequest([]));
    }

    /// <summary>Node two takes every record over, with what makes it again as node one had told it.</summary>
    private void AssertAdopted()
    {
        AdoptMessage[] adopted = [.. _transport.Calls.Where(c => c.To == Party.Of(Two)).SelectMany(c => _codec.Decode(c.Request).Messages).OfType<AdoptMessage>()];
        Assert.Equal(Tasks, adopted.Length);
        Assert.All(adopted, a => Assert.Equal(_specs[a.Task], SpecFilesTests.Encode(a.Spec!)));
    }

    private async Task<ShardHost> StartAsync(IShardJournal? journal = null, long maxJournalBytes = 1 << 20, bool flushes = true)
    {
        journal ??= _journal;
        ShardHostOptions options = new()
        {
            Index = 0,
            Epoch = await journal.RaiseEpochAsync(0, default),
            Time = _time,
            MaxJournalBytes = maxJournalBytes,
            LineageBytes = MemoryBytes,
            LineageFolder = _folder.FullName,
            FlushesLineage = flushes,
        };
        ShardHost host = new(options, journal, _transport) { JournalFailed = _failures.Add };
        host.OnMemberChanged(new MemberChange(new ClusterMember(One, "n", null), IsAlive: true));
        host.OnMemberChanged(new MemberChange(new ClusterMember(Two, "n", null), IsAlive: true));
        await host.StartAsync();
        return host;
    }
}
