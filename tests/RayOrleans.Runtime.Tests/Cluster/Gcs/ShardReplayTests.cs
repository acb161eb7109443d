using CsCheck;
using RayOrleans.Core;
using RayOrleans.Runtime.Cluster;
using RayOrleans.Runtime.Cluster.Events;
using RayOrleans.Runtime.Cluster.Gcs;
using RayOrleans.Runtime.Cluster.Gcs.Snapshots;
using RayOrleans.Runtime.Cluster.Keys;
using RayOrleans.Runtime.Tests.Cluster.Support;

namespace RayOrleans.Runtime.Tests.Cluster.Gcs;

/// <summary>Replaying a journal gives the state that the shard had, whatever was said to it and wherever its journal was replaced by its state.</summary>
public class ShardReplayTests
{
    private static readonly TableOptions Options = new() { DeadHoldTicks = TimeSpan.FromSeconds(1).Ticks };

    [Fact]
    public void Replay_OfAnyHistory_GivesTheSameState() => Gen.UInt.Sample(seed => RunAsync(seed).GetAwaiter().GetResult(), iter: 60, threads: 1);

    private static async Task RunAsync(uint seed)
    {
        Random random = new((int)seed);
        ManualTime time = new();
        TestJournal journal = new();
        TestTransport transport = new() { Answers = static (_, _) => new(TestTransport.Applied) };
        List<NodeId> alive = [.. Enumerable.Range(1, 4).Select(i => new NodeId((UInt128)i))];
        for (int activation = 0; activation < 3; activation++)
        {
            long epoch = await journal.RaiseEpochAsync(0, default);
            using ShardHost host = new(
                new ShardHostOptions
                {
                    Index = 0,
                    Epoch = epoch,
                    Time = time,
                    MaxJournalBytes = random.Next(2) == 0 ? 4_000 : 1 << 20,
                    DeadHold = TimeSpan.FromTicks(Options.DeadHoldTicks),
                },
                journal,
                transport);
            alive.ForEach(n => host.OnMemberChanged(new MemberChange(new ClusterMember(n, "n", null), true)));
            await host.StartAsync();
            Dictionary<NodeId, ShardTalk> talks = alive.ToDictionary(n => n, n => new ShardTalk(n, 0));
            for (int step = 0; step < 150; step++)
            {
                await StepAsync(random, time, host, alive, talks);
            }

            // Ticks are kept once something follows them.
            await talks[alive[0]].Say(host);
            Assert.Equal(Texts(host.StateRecords(0)), Texts(Replayed(journal, epoch)));
            if (alive.Count > 2 && random.Next(2) == 0)
            {
                alive.RemoveAt(0);
            }
        }
    }

    private static List<ReadOnlyMemory<byte>> Replayed(TestJournal journal, long epoch)
    {
        ShardReplay replay = new(0, Options);
        journal.Records.ForEach(r => replay.Add(r));
        return StateRecords.Write(replay.Current(epoch), 0);
    }

    private static IEnumerable<string> Texts(List<ReadOnlyMemory<byte>> records) => records.Select(r => Convert.ToHexString(r.Span));

    private static async Task StepAsync(Random random, ManualTime time, ShardHost host, List<NodeId> alive, Dictionary<NodeId, ShardTalk> talks)
    {
        ShardTalk talk = talks[alive[random.Next(alive.Count)]];
        ShardTalk owner = talks[alive[random.Next(alive.Count)]];
        ulong task = (ulong)random.Next(12);
        RemoteRef reference = owner.Ref(task);
        switch (random.Next(13))
        {
            case 0:
                time.Advance(TimeSpan.FromMilliseconds(random.Next(1_000)));
                host.Tick();
                break;
            case 1 when alive.Count > 2 && random.Next(10) == 0:
                host.OnMemberChanged(new MemberChange(new ClusterMember(talk.Self, "n", null), false));
                alive.Remove(talk.Self);
                break;
            case 2:
                await host.OnBatchAsync(KeyWire.EncodeOperation(new KeyOperation(KeyOperationKind.Put, "n", $"k{task}") { Id = (UInt128)random.Next(50), Value = new byte[random.Next(40)] }));
                break;
            case 3:
                await host.OnBatchAsync(KeyWire.EncodeOperation(new KeyOperation(KeyOperationKind.Claim, "n", $"a{task}") { Id = (UInt128)random.Next(50, 99), Actor = new ActorId(new TaskId(1, task)) }));
                break;
            case 10:
                await talk.Say(host, new JobMessage(new JobReport(new JobId(task), owner.Self, (JobStatus)random.Next(3)) { StartedAt = random.Next(3) }));
                break;
            case 11:
                await host.OnBatchAsync(EventWire.Encode(new EventBatch(talk.Self, random.Next(200), random.Next(9), [new EventItem(EventKey.Of(new JobId(task)), EventKind.Task, new byte[random.Next(40)])])));
                break;
            case 12:
                await host.OnBatchAsync(EventWire.Encode(new EventBatch(talk.Self, random.Next(200), 0, [new EventItem(EventKey.Of(talk.Self), EventKind.Node, new byte[9])])));
                break;
            case 4:
                await talk.Say(host, new RepublishedMessage());
                break;
            case 5:
                await talk.Say(host, talk.Publish(task, (HoldLevel)random.Next(3)));
                break;
            default:
                Message message = random.Next(4) switch
                {
                    0 => new HoldMessage(reference, (HoldLevel)random.Next(3)),
                    1 => new SubscribeMessage(reference, random.Next(2) == 0),
                    2 => new UnlocatedMessage(reference.Id, 0),
                    _ => new ObjectMessage(new ObjectReport(reference, ObjectStatus.Remote, random.Next(2), 10, null, [], true, (HoldLevel)random.Next(3))),
                };
                await talk.Say(host, message);
                break;
        }
    }
}
