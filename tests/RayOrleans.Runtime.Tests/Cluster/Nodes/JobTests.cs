namespace RayOrleans.Runtime.Tests.Cluster.Nodes;

/// <summary>What the nodes of a cluster know of its jobs.</summary>
public sealed class JobTests
{
    [Fact]
    public async Task Jobs_OfTheDriver_AreListedOnEveryNode()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        foreach (LocalNode node in nodes.Nodes.Nodes)
        {
            Patience.Until(() => node.Driver.State.Jobs().Count == 1, "the job was listed");
            JobInfo job = Assert.Single(node.Driver.State.Jobs());
            Assert.Equal((nodes.Ray.Context.JobId, nodes.First.Services.NodeId, JobStatus.Running, true), (job.JobId, job.DriverNodeId, job.Status, job.IsRunning));
            Assert.Equal(nodes.First.Driver.Namespace, job.Namespace);
            Assert.Contains($"{Environment.ProcessId}", job.Driver, StringComparison.Ordinal);
            Assert.Null(job.EndedAt);
        }
    }

    [Fact]
    public async Task Job_OfANodeThatIsRemoved_HasFailedAndItsWorkIsGone()
    {
        await using TwoNodes nodes = TwoNodes.Start(nodes: 3);
        LocalNode driver = nodes.Nodes.Nodes[2];
        Gate gate = Gate.New();
        ObjectRef<int> kept = driver.Driver.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(nodes.Second.Services.NodeId)).Remote(static g => g.Enter(), gate);
        JobId job = driver.Driver.Context.JobId;
        Patience.Until(() => nodes.Second.Services.Gate.Do(e => e.RunningAttempts) == 1, "the task runs on the second node");
        Patience.Until(() => nodes.Ray.State.Jobs(j => j.JobId == job && j.IsRunning).Count == 1, "its job was listed");
        await nodes.Nodes.RemoveAsync(driver);
        Patience.Until(() => nodes.Ray.State.Jobs(j => j.JobId == job && j.Status == JobStatus.Failed).Count == 1, "its job has failed");
        JobInfo failed = Assert.Single(nodes.Second.Driver.State.Jobs(j => j.JobId == job));
        Assert.NotNull(failed.EndedAt);
        Assert.NotNull(failed.EndReason);
        gate.Open();
        await nodes.IsEmptyAsync();
        GC.KeepAlive(kept);
    }

    [Fact]
    public async Task Jobs_AfterTheirShardsWereEmptied_AreListedAgain()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        Patience.Until(() => nodes.Ray.State.Jobs().Count == 1, "the job was listed");
        for (int i = 0; i < nodes.Nodes.ShardCount; i++)
        {
            nodes.Nodes.RestartShard(i);
        }

        Patience.Until(() => nodes.Second.Driver.State.Jobs(j => j.IsRunning).Count == 1, "the job was listed again");
    }
}
