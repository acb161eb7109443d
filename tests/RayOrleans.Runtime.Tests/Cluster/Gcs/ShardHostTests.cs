using RayOrleans.Core;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Gcs;
using RayOrleans.Runtime.Cluster.Keys;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Tests.Cluster.Support;

namespace RayOrleans.Runtime.Tests.Cluster.Gcs;

public class ShardHostTests
{
    private static readonly NodeId One = new(1);
    private static readonly NodeId Two = new(2);

    private readonly ManualTime _time = new();
    private readonly TestJournal _journal = new();
    private readonly TestTransport _transport = new() { Answers = static (_, _) => new(TestTransport.Applied) };
    private readonly BatchCodec _codec = new(OpaquePayloadWire.Instance);

    [Fact]
    public async Task Batch_IsKeptBeforeItIsAnswered()
    {
        using ShardHost host = await StartAsync(One);
        ShardTalk one = new(One, 0);
        await one.Say(host);
        TaskCompletionSource disk = new();
        _journal.Gate = disk.Task;
        ValueTask<byte[]> answer = host.OnBatchAsync(one.Next(one.Publish(1), new RepublishedMessage()));
        Assert.False(answer.IsCompleted);
        Assert.Equal(0, host.TaskCount);
        int before = _journal.Records.Count;

        disk.SetResult();
        Assert.Equal(BatchVerdict.Applied, one.Take(await answer).Kind);
        Assert.Equal(1, host.TaskCount);
        Assert.Equal(before + 1, _journal.Records.Count);
    }

    [Fact]
    public async Task Batches_ThatComeDuringAnAppend_ShareTheNext()
    {
        using ShardHost host = await StartAsync([.. Enumerable.Range(1, 20).Select(i => new NodeId((UInt128)i))]);
        ShardTalk[] talks = [.. Enumerable.Range(1, 20).Select(i => new ShardTalk(new NodeId((UInt128)i), 0))];
        foreach (ShardTalk talk in talks)
        {
            await talk.Say(host, new RepublishedMessage());
        }

        TaskCompletionSource disk = new();
        _journal.Gate = disk.Task;
        _journal.Appends.Clear();
        ValueTask<byte[]>[] answers = [.. talks.Select((t, i) => host.OnBatchAsync(t.Next(t.Publish((ulong)i))))];
        _journal.Gate = null;
        disk.SetResult();
        foreach (ValueTask<byte[]> answer in answers)
        {
            Assert.Equal(BatchVerdict.Applied, BatchCodec.DecodeAnswer(await answer).Kind);
        }

        Assert.Equal([1, 19], _journal.Appends);
    }

    [Fact]
    public async Task JournalThatFails_NothingIsApplied_AndMembershipIsNotLost()
    {
        using ShardHost host = await StartAsync(One);
        ShardTalk one = new(One, 0);
        await one.Say(host, new RepublishedMessage());
        _journal.Error = new IOException("full");
        byte[] batch = one.Next(one.Publish(1));
        await Assert.ThrowsAsync<IOException>(async () => await host.OnBatchAsync(batch));
        host.OnMemberChanged(Joined(Two));
        Assert.Equal(0, host.TaskCount);

        _journal.Error = null;
        Assert.Equal(BatchVerdict.Applied, one.Take(await host.OnBatchAsync(batch)).Kind);
        Assert.Equal(1, host.TaskCount);
        Assert.Contains(_journal.Records, r => ShardRecord.Decode(r) is { Kind: ShardRecordKind.Member, IsAlive: true } m && m.Node == Two);
    }

    [Fact]
    public async Task Journal_ThatHasLostEverything_GetsTheStateBeforeTheAnswer()
    {
        using (ShardHost host = await StartAsync(One))
        {
            ShardTalk one = new(One, 0);
            await one.Say(host, one.Publish(1), new RepublishedMessage());
            _journal.Records.Clear();
            _journal.WantsState = true;
            await one.Say(host, one.Publish(2));
            Assert.Equal(1, _journal.Replaced);
        }

        using ShardHost next = await StartAsync(One);
        Assert.Equal(2, next.TaskCount);
    }

    [Fact]
    public async Task NewerEpoch_WhileTheJournalWantsAState_EndsTheOlderActivation()
    {
        using ShardHost old = await StartAsync(One);
        ShardTalk one = new(One, 0);
        await one.Say(old, one.Publish(1), new RepublishedMessage());
        TaskCompletionSource disk = new();
        _journal.Gate = disk.Task;
        ValueTask<byte[]> answer = old.OnBatchAsync(one.Next(one.Publish(2)));
        _journal.AfterAppend = () => _ = _journal.RaiseEpochAsync(0, default);
        _journal.WantsState = true;
        disk.SetResult();

        await Assert.ThrowsAsync<StaleEpochException>(async () => await answer);
        Assert.NotNull(old.Ended);
    }

    [Fact]
    public async Task NewerEpoch_EndsTheOlderActivation()
    {
        using ShardHost old = await StartAsync(One);
        ShardTalk one = new(One, 0);
        await one.Say(old, one.Publish(1), new RepublishedMessage());
        using ShardHost next = await StartAsync(One);

        await Assert.ThrowsAsync<StaleEpochException>(async () => await old.OnBatchAsync(one.Next(one.Publish(2))));
        await Assert.ThrowsAsync<StaleEpochException>(async () => await old.OnBatchAsync(TableLookup.EncodeRequest([one.Ref(1).Id])));
        Assert.NotNull(old.Ended);
        Assert.Equal(1, next.TaskCount);
    }

    [Fact]
    public async Task Leaving_FinishesWhatWasTaken_RefusesTheRest_AndTheNextActivationGoesOn()
    {
        MemoryShardJournal memory = new();
        using ShardHost host = await StartInMemoryAsync(memory, One, Two);
        ShardTalk one = new(One, 0);
        ShardTalk two = new(Two, 0);
        await one.Say(host, one.Publish(1), one.Publish(2), new RepublishedMessage());
        await two.Say(host, new HoldMessage(one.Ref(1), HoldLevel.Value), new RepublishedMessage());
        await host.OnBatchAsync(KeyWire.EncodeOperation(new(KeyOperationKind.Put, "ns", "a") { Id = 1, Value = new byte[] { 5 } }));

        await host.LeaveAsync("it moves");

        await Assert.ThrowsAsync<NodeUnreachableException>(async () => await host.OnBatchAsync(one.Next(one.Publish(3))));
        await Assert.ThrowsAsync<NodeUnreachableException>(async () => await host.OnBatchAsync(TableLookup.EncodeRequest([one.Ref(1).Id])));
        using ShardHost next = await StartInMemoryAsync(memory, One, Two);
        Assert.Equal(2, next.TaskCount);
        KeyEntry entry = Assert.Single(KeyWire.DecodeEntries(await next.OnBatchAsync(KeyWire.EncodeOperation(new(KeyOperationKind.Get, "ns", "a"))), out _));
        Assert.Equal([5], entry.Value.ToArray());

        // What was left is used once.
        using ShardHost again = await StartInMemoryAsync(memory, One);
        Assert.Equal(0, again.TaskCount);
    }

    [Fact]
    public async Task Restart_WhatDeadNodesHadSaidIsThere_AndItsHeirAdoptsIt()
    {
        using (ShardHost host = await StartAsync(One, Two))
        {
            ShardTalk one = new(One, 0);
            ShardTalk two = new(Two, 0);
            await one.Say(host, one.Publish(1), new RepublishedMessage());
            await two.Say(host, new HoldMessage(one.Ref(1), HoldLevel.Value), new RepublishedMessage());
        }

        using ShardHost next = await StartAsync(Two);
        ShardTalk again = new(Two, 0);
        await again.Say(next, new HoldMessage(new ShardTalk(One, 0).Ref(1), HoldLevel.Value), new RepublishedMessage());
        AdoptMessage adopt = Assert.Single(Sent(Two).OfType<AdoptMessage>());
        Assert.Equal(new TaskId(7, 1), adopt.Task);
    }

    /// <summary>The death is in the journal, so replaying it gives the record away; what the activation that crashed had sent never arrived.</summary>
    [Fact]
    public async Task Restart_HeirThatWasNotReached_IsAskedAgain_UntilItHasTheRecord()
    {
        ShardTalk one = new(One, 0);
        ShardTalk two = new(Two, 0);
        _transport.Answers = null;
        using (ShardHost host = await StartAsync(One, Two))
        {
            await one.Say(host, one.Publish(1), new RepublishedMessage());
            await two.Say(host, new HoldMessage(one.Ref(1), HoldLevel.Value), new RepublishedMessage());
            host.OnMemberChanged(new MemberChange(new ClusterMember(One, "n", null), IsAlive: false));
        }

        _transport.Answers = static (_, _) => new(TestTransport.Applied);
        int before = _transport.Calls.Count;
        AdoptMessage adopt;
        using (ShardHost next = await StartAsync(Two))
        {
            await two.Say(next, new HoldMessage(one.Ref(1), HoldLevel.Value), new RepublishedMessage());
            adopt = Assert.Single(SentSince(before).OfType<AdoptMessage>());
            Assert.Equal(new TaskId(7, 1), adopt.Task);
        }

        // Told, it has the record, and is asked no more.
        before = _transport.Calls.Count;
        using ShardHost last = await StartAsync(Two);
        await two.Say(last, new PublishMessage(adopt.Task, null, adopt.Epoch, adopt.FirstAttempt, [new ObjectReport(one.Ref(1), ObjectStatus.Remote, 0, 1_000, null, [], IsHere: false, HoldLevel.Value)], null), new RepublishedMessage());
        Assert.Empty(SentSince(before).OfType<AdoptMessage>());
        Assert.Equal(1, last.TaskCount);
    }

    [Fact]
    public async Task Restart_HoldsThatAreNotToldAgainAreTakenBack()
    {
        ShardTalk one = new(One, 0);
        using (ShardHost host = await StartAsync(One, Two))
        {
            ShardTalk two = new(Two, 0);
            await one.Say(host, one.Publish(1, HoldLevel.None), new RepublishedMessage());
            await two.Say(host, new HoldMessage(one.Ref(1), HoldLevel.Value), new RepublishedMessage());
            Assert.Equal(1, host.TaskCount);
        }

        using ShardHost next = await StartAsync(One, Two);
        ShardTalk twoAgain = new(Two, 0);
        await one.Say(next, one.Publish(1, HoldLevel.None), new RepublishedMessage());
        Assert.Equal(1, next.TaskCount);
        await twoAgain.Say(next, new RepublishedMessage());
        Assert.Equal(0, next.TaskCount);
        Assert.Contains(Sent(One), m => m is ForgetMessage);
    }

    [Fact]
    public async Task Batch_OfMessagesThatNoShardTakes_IsRefusedAndNotKept()
    {
        using ShardHost host = await StartAsync(One);
        int before = _journal.Records.Count;
        byte[] wrong = new ShardTalk(One, 0).Next(new TransitDoneMessage(1));
        await Assert.ThrowsAsync<CorruptBatchException>(async () => await host.OnBatchAsync(wrong));
        await Assert.ThrowsAsync<CorruptBatchException>(async () => await host.OnBatchAsync(new ShardTalk(One, 1).Next()));
        await Assert.ThrowsAsync<CorruptBatchException>(async () => await host.OnBatchAsync(new byte[] { 77 }));
        await Assert.ThrowsAsync<CorruptBatchException>(async () => await host.OnBatchAsync(default));
        Assert.Equal(before, _journal.Records.Count);
    }

    [Fact]
    public async Task Tick_OfAnIdleShard_WritesNothing()
    {
        using ShardHost host = await StartAsync(One);
        int before = _journal.Records.Count;
        host.Tick();
        _time.Advance(TimeSpan.FromHours(1));
        host.Tick();
        Assert.Equal(before, _journal.Records.Count);

        ShardTalk one = new(One, 0);
        await one.Say(host, new RepublishedMessage());
        Assert.Equal(ShardRecordKind.Tick, ShardRecord.Decode(_journal.Records[before]).Kind);
    }

    [Fact]
    public async Task Journal_BeyondItsBound_IsReplacedByTheState()
    {
        using (ShardHost host = await StartAsync([One], maxJournalBytes: 2_000))
        {
            ShardTalk one = new(One, 0);
            await one.Say(host, new RepublishedMessage());
            for (ulong i = 0; i < 100; i++)
            {
                await one.Say(host, one.Publish(i), new HoldMessage(one.Ref(i), HoldLevel.None));
            }

            await one.Say(host, one.Publish(1_000));
        }

        Assert.InRange(_journal.Replaced, 2, 50);
        Assert.InRange(_journal.Records.Sum(r => r.Length), 1, 5_000);
        using ShardHost next = await StartAsync(One);
        ShardTalk again = new(One, 0);
        await again.Say(next, again.Publish(1_000), new RepublishedMessage());
        Assert.Equal(1, next.TaskCount);
    }

    [Fact]
    public async Task Restart_KeysAndNamesAndAnswersAreThere()
    {
        KeyOperation put = new(KeyOperationKind.Put, "ns", "a") { Id = 1, Value = new byte[] { 5 } };
        KeyOperation claim = new(KeyOperationKind.Claim, "ns", "name") { Id = 2, Actor = new ActorId(new TaskId(1, 1)), Value = new byte[] { 6 } };
        byte[] before;
        using (ShardHost host = await StartAsync([One], maxJournalBytes: 1))
        {
            before = await host.OnBatchAsync(KeyWire.EncodeOperation(put));
            await host.OnBatchAsync(KeyWire.EncodeOperation(claim));
        }

        using ShardHost next = await StartAsync(One);
        Assert.Equal(before, await next.OnBatchAsync(KeyWire.EncodeOperation(put)));
        KeyEntry entry = Assert.Single(KeyWire.DecodeEntries(await next.OnBatchAsync(KeyWire.EncodeOperation(new(KeyOperationKind.Get, "ns", "a"))), out _));
        Assert.Equal([5], entry.Value.ToArray());
        ActorName name = Assert.Single(KeyWire.DecodeNames(await next.OnBatchAsync(KeyWire.EncodeOperation(new(KeyOperationKind.Find, "ns", "name"))), out _));
        Assert.Equal(claim.Actor, name.Actor);
        Assert.Equal([6], name.Description.ToArray());
    }

    [Fact]
    public async Task StartThatFails_IsTriedAgain()
    {
        _journal.Error = new IOException("not mounted");
        long epoch = await _journal.RaiseEpochAsync(0, default);
        using ShardHost host = new(new ShardHostOptions { Index = 0, Epoch = epoch, Time = _time }, _journal, _transport);
        host.OnMemberChanged(Joined(One));
        ShardTalk one = new(One, 0);
        await Assert.ThrowsAsync<IOException>(async () => await host.OnBatchAsync(one.Next()));
        _journal.Error = null;
        await one.Say(host, one.Publish(1), new RepublishedMessage());
        Assert.Equal(1, host.TaskCount);
    }

    [Fact]
    public async Task Leaving_DuringAnAppend_WaitsForIt()
    {
        using ShardHost host = await StartAsync(One);
        ShardTalk one = new(One, 0);
        await one.Say(host, new RepublishedMessage());
        TaskCompletionSource disk = new();
        _journal.Gate = disk.Task;
        ValueTask<byte[]> taken = host.OnBatchAsync(one.Next(one.Publish(1)));
        ValueTask<byte[]> waiting = host.OnBatchAsync(TableOperation("b"));

        Task leaving = host.LeaveAsync("it moves");

        await Assert.ThrowsAsync<NodeUnreachableException>(async () => await waiting);
        Assert.False(leaving.IsCompleted);
        disk.SetResult();
        Assert.Equal(BatchVerdict.Applied, one.Take(await taken).Kind);

        await leaving;
        Assert.Equal(1, host.TaskCount);

        static byte[] TableOperation(string key) => KeyWire.EncodeOperation(new(KeyOperationKind.Put, "ns", key) { Id = 2, Value = new byte[] { 1 } });
    }

    /// <summary>Links send again what is not answered, so without a bound an outage would fill the memory.</summary>
    [Fact]
    public async Task Journal_ThatHangs_TakesSoMuchOnly_AndNothingThatWasTakenIsLost()
    {
        const int Nodes = 40;
        NodeId[] members = [.. Enumerable.Range(1, Nodes).Select(i => new NodeId((UInt128)i))];
        using ShardHost host = await StartAsync(members);
        ShardTalk[] talks = [.. members.Select(m => new ShardTalk(m, 0))];
        foreach (ShardTalk talk in talks)
        {
            await talk.Say(host, new RepublishedMessage());
        }

        _journal.Appends.Clear();
        TaskCompletionSource disk = new();
        _journal.Gate = disk.Task;
        byte[][] batches = [.. talks.Select((t, i) => t.Next(t.Publish((ulong)i)))];
        List<Task<byte[]>> taken = [];
        int refused = 0;
        foreach (byte[] batch in batches.Concat(batches))
        {
            Task<byte[]> answer = host.OnBatchAsync(batch).AsTask();
            if (answer.IsCompleted)
            {
                await Assert.ThrowsAsync<JournalBusyException>(() => answer);
                refused++;
            }
            else
            {
                taken.Add(answer);
                host.Tick();
            }
        }

        // One is being written, and 8,000 bytes of others wait.
        Assert.InRange(taken.Count, 5, Nodes - 1);
        Assert.Equal((2 * Nodes) - taken.Count, refused);
        Assert.Equal(0, host.TaskCount);

        disk.SetResult();
        _journal.Gate = null;
        foreach (Task<byte[]> answer in taken)
        {
            Assert.Equal(BatchVerdict.Applied, BatchCodec.DecodeAnswer(await answer).Kind);
        }

        foreach (byte[] batch in batches)
        {
            Assert.Equal(BatchVerdict.Applied, BatchCodec.DecodeAnswer(await host.OnBatchAsync(batch)).Kind);
        }

        Assert.Equal(Nodes, host.TaskCount);
    }

    [Fact]
    public async Task Ticks_DuringAnAppend_AreOne()
    {
        using ShardHost host = await StartAsync(One);
        ShardTalk one = new(One, 0);
        await one.Say(host, new RepublishedMessage());
        TaskCompletionSource disk = new();
        _journal.Gate = disk.Task;
        ValueTask<byte[]> first = host.OnBatchAsync(one.Next(one.Publish(1)));
        int before = _journal.Records.Count;
        for (int i = 0; i < 1_000; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            host.Tick();
        }

        ValueTask<byte[]> second = host.OnBatchAsync(one.Next(one.Publish(2)));
        disk.SetResult();
        await first;
        await second;
        Assert.Equal([ShardRecordKind.Batch, ShardRecordKind.Tick, ShardRecordKind.Batch], _journal.Records.Skip(before).Select(r => ShardRecord.Decode(r).Kind));
    }

    private static MemberChange Joined(NodeId node) => new(new ClusterMember(node, "n", null), IsAlive: true);

    private async Task<ShardHost> StartInMemoryAsync(MemoryShardJournal memory, params NodeId[] members)
    {
        ShardHost host = new(new ShardHostOptions { Index = 0, Epoch = await memory.RaiseEpochAsync(0, default), Time = _time }, memory, _transport);
        foreach (NodeId member in members)
        {
            host.OnMemberChanged(Joined(member));
        }

        await host.StartAsync();
        return host;
    }

    private Task<ShardHost> StartAsync(params NodeId[] members) => StartAsync(members, 1 << 20);

    private async Task<ShardHost> StartAsync(NodeId[] members, long maxJournalBytes)
    {
        long epoch = await _journal.RaiseEpochAsync(0, default);
        ShardHost host = new(
            new ShardHostOptions { Index = 0, Epoch = epoch, Time = _time, MaxJournalBytes = maxJournalBytes, MaxWaitingBytes = 8_000 }, _journal, _transport);
        foreach (NodeId member in members)
        {
            host.OnMemberChanged(Joined(member));
        }

        await host.StartAsync();
        return host;
    }

    private IEnumerable<Message> SentSince(int calls) => _transport.Calls.Skip(calls).Where(c => c.To == Party.Of(Two)).SelectMany(c => _codec.Decode(c.Request).Messages);

    private IEnumerable<Message> Sent(NodeId node) =>
        _transport.Calls.Where(c => c.To == Party.Of(node)).SelectMany(c => _codec.Decode(c.Request).Messages);
}
