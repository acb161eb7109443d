namespace RayOrleans.Core.Tests.Cluster.Tables;

/// <summary>What a shard has of jobs, and whom it tells when they end.</summary>
public sealed class TableShardJobTests
{
    private const long DeadHold = 10;

    private static readonly NodeId Driver = new((UInt128)3);
    private static readonly NodeId Other = new((UInt128)1);
    private static readonly JobId Job = new(5);

    private readonly Dictionary<NodeId, long> _sent = [];
    private TableShard _shard = new(0, epoch: 1, new TableOptions { DeadHoldTicks = DeadHold });
    private long _now = 1;

    [Fact]
    public void Job_WhoseDriverSaysSo_HasSucceeded()
    {
        Join(Driver, Other);
        Say(Driver, Running() with { Name = "program", StartedAt = 7 });
        Say(Other, Met());
        Assert.Equal(JobStatus.Running, Assert.Single(_shard.Jobs).Status);
        _now = 9;
        Say(Driver, Running() with { Name = "program", StartedAt = 7, Status = JobStatus.Succeeded, Reason = "it was shut down" });
        JobReport ended = Assert.Single(Heard(Other)).Report;
        Assert.Equal((JobStatus.Succeeded, "program", 7L, 9L, "it was shut down"), (ended.Status, ended.Name, ended.StartedAt, ended.EndedAt, ended.Reason));
        Assert.Equal(ended, Assert.Single(_shard.Jobs));
    }

    [Fact]
    public void Job_WhoseDriversNodeDies_HasFailedForAllWhoMetIt()
    {
        Join(Driver, Other);
        Say(Driver, Running());
        Say(Other, Met());
        _shard.OnMember(Driver, isAlive: false, _now);
        Assert.Equal(JobStatus.Failed, Assert.Single(Heard(Other)).Report.Status);
    }

    [Fact]
    public void Job_ThatHasEnded_EndsForWhoeverComesLater()
    {
        Join(Driver);
        Say(Driver, Running());
        _shard.OnMember(Driver, isAlive: false, _now);
        Join(Other);
        Say(Other, Met());
        Assert.Equal(JobStatus.Failed, Assert.Single(Heard(Other)).Report.Status);
    }

    [Fact]
    public void Job_ThatHasEnded_StaysSoWhateverIsSaidLater()
    {
        Join(Driver, Other);
        Say(Driver, Running() with { Status = JobStatus.Succeeded });
        Say(Driver, Running());
        _shard.OnMember(Driver, isAlive: false, _now);
        Say(Other, Met());
        Assert.Equal(JobStatus.Succeeded, Assert.Single(_shard.Jobs).Status);
    }

    [Fact]
    public void Job_ThatItsDriverHasNotTold_IsAskedFor()
    {
        Join(Driver, Other);
        Say(Other, Met());
        Assert.Equal(JobStatus.Unknown, Assert.Single(Heard(Driver)).Report.Status);
        Say(Driver, Running());
        Assert.Empty(Heard(Other));
        Assert.Equal(JobStatus.Running, Assert.Single(_shard.Jobs).Status);
    }

    [Fact]
    public void Job_WhoseDriversNodeIsNotThere_IsWaitedForAndThenFails()
    {
        Join(Other);
        Say(Other, Met());
        _shard.Tick(_now = 100);
        _shard.Tick(_now = 100 + DeadHold - 1);
        Assert.Empty(Heard(Other));
        _shard.Tick(_now = 100 + DeadHold);
        Assert.Equal(JobStatus.Failed, Assert.Single(Heard(Other)).Report.Status);
    }

    [Fact]
    public void Job_WhoseDriversNodeComesInTime_GoesOn()
    {
        Join(Other);
        Say(Other, Met());
        _shard.Tick(_now = 100);
        Join(Driver);
        Assert.Equal(JobStatus.Unknown, Assert.Single(Heard(Driver)).Report.Status);
        _shard.Tick(_now = 200);
        Assert.Empty(Heard(Other));
    }

    [Fact]
    public void Jobs_OfASnapshot_AreThereInTheNextEpoch()
    {
        Join(Driver, Other);
        Say(Driver, Running());
        Say(Other, Met());
        _shard = TableShard.Restore(0, _shard.Snapshot().ForEpoch(2), new TableOptions { DeadHoldTicks = DeadHold });
        _sent.Clear();
        Join(Driver, Other);
        Say(Other, Met());
        _shard.OnMember(Driver, isAlive: false, _now);
        Assert.Equal(JobStatus.Failed, Assert.Single(Heard(Other)).Report.Status);
    }

    [Fact]
    public void Jobs_ThatHaveEnded_AreKeptUpToABound()
    {
        Join(Driver);
        for (ulong i = 1; i <= TableJobs.EndedKept + 5; i++)
        {
            _now++;
            Say(Driver, new JobReport(new JobId(i), Driver, JobStatus.Succeeded) { StartedAt = (long)i });
        }

        Assert.Equal(TableJobs.EndedKept, _shard.Jobs.Count);
        Assert.Equal(new JobId(6), _shard.Jobs[0].Job);
    }

    private static JobReport Running() => new(Job, Driver, JobStatus.Running);

    private static JobReport Met() => new(Job, Driver, JobStatus.Unknown);

    private void Join(params NodeId[] nodes)
    {
        foreach (NodeId node in nodes)
        {
            _shard.OnMember(node, isAlive: true, _now);
            Say(node, new RepublishedMessage());
        }
    }

    private void Say(NodeId node, JobReport report) => Say(node, new JobMessage(report));

    private void Say(NodeId node, Message message)
    {
        long number = _sent[node] = _sent.GetValueOrDefault(node) + 1;
        Assert.Equal(BatchVerdict.Applied, _shard.OnBatch(new Batch(Party.Of(node), 0, Party.OfShard(0), _shard.Epoch, number, [message]), _now).Kind);
    }

    /// <summary>What the shard says of jobs to a node, once.</summary>
    private List<JobStateMessage> Heard(NodeId node)
    {
        foreach (Link link in _shard.TakeReadyLinks())
        {
            while (_shard.TakeBatch(link) is { } batch)
            {
                _heard.AddRange(batch.Messages.OfType<JobStateMessage>().Select(m => (link.To.Node, m)));
                _shard.OnAnswer(link, batch, new BatchAnswer(BatchVerdict.Applied));
            }
        }

        List<JobStateMessage> heard = [.. _heard.Where(h => h.Node == node).Select(h => h.Message)];
        _heard.RemoveAll(h => h.Node == node);
        return heard;
    }

    private readonly List<(NodeId Node, JobStateMessage Message)> _heard = [];
}
