namespace RayOrleans.Runtime.Tests.Tasks;

public sealed class SchedulabilityTests
{
    [Fact]
    public async Task InfeasibleTask_JustWaits_AndIsReported()
    {
        await using IRay ray = await Nodes.StartAsync();
        List<string> warnings = [];
        ray.Services().Events.Warned += warnings.Add;
        ObjectRef<int> never = ray.Options(numCpus: 80, name: "never").Remote(() => 1);
        Assert.Equal(2, ray.Get(ray.Remote(() => 2), Patience.Limit));
        Assert.Empty(ray.Wait([never], timeout: TimeSpan.Zero).Ready);
        TaskInfo info = Assert.Single(ray.State.Tasks(t => t.Name == "never"));
        Assert.Equal(TaskState.WaitingForResources, info.State);
        Assert.Equal("Unschedulable", info.ErrorType);
        Assert.Contains("80", info.ErrorMessage);
        Assert.Contains(warnings, w => w.Contains("never", StringComparison.Ordinal));
        ray.Cancel(never);
        await Assert.ThrowsAsync<RayTaskCancelledException>(() => never.Soon());
    }

    [Fact]
    public async Task InfeasibleTask_ThatAsksForIt_FailsWithWhatItAskedFor()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int> task = ray.Options(numCpus: 80, failIfUnschedulable: true).Remote(() => 1);
        TaskUnschedulableException error = await Assert.ThrowsAsync<TaskUnschedulableException>(() => task.Soon());
        Assert.Contains("80", error.Request);
        ObjectRef<int> unknown = ray.Options(resources: new() { ["moon"] = 1 }, failIfUnschedulable: true).Remote(() => 1);
        await Assert.ThrowsAsync<TaskUnschedulableException>(() => unknown.Soon());
    }

    [Fact]
    public async Task NodeAffinity_ToThisNode_RunsHere()
    {
        await using IRay ray = await Nodes.StartAsync();
        NodeId self = ray.Nodes()[0].NodeId;
        foreach (bool soft in new[] { false, true })
        {
            ObjectRef<NodeId> task = ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(self, soft)).Remote(() => Ray.Context.NodeId);
            Assert.Equal(self, await task.Soon());
        }
    }

    [Fact]
    public async Task NodeAffinity_ToAnUnknownNode_FailsHardAndFallsBackSoft()
    {
        await using IRay ray = await Nodes.StartAsync();
        NodeId other = NodeId.Parse("00000000000000000000000000000001");
        ObjectRef<int> hard = ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(other)).Remote(() => 1);
        TaskUnschedulableException error = await Assert.ThrowsAsync<TaskUnschedulableException>(() => hard.Soon());
        Assert.Contains(other.ToString(), error.Message);
        Assert.Equal(1, await ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(other, soft: true)).Remote(() => 1).Soon());
    }

    [Fact]
    public async Task NodeAffinity_WithMoreThanTheNodeHas_Fails()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int> task = ray.Options(numCpus: 9, schedulingStrategy: SchedulingStrategy.NodeAffinity(ray.Nodes()[0].NodeId)).Remote(() => 1);
        await Assert.ThrowsAsync<TaskUnschedulableException>(() => task.Soon());
    }

    [Theory]
    [InlineData("zone", "a", true)]
    [InlineData("zone", "b", false)]
    [InlineData("zone", "!b", true)]
    [InlineData("zone", "!a", false)]
    [InlineData("zone", "in(a, b)", true)]
    [InlineData("zone", "in(b, c)", false)]
    [InlineData("zone", "!in(b, c)", true)]
    [InlineData("disk", "ssd", false)]
    [InlineData("disk", "!ssd", true)]
    public async Task LabelSelector_Decides_WhetherTheTaskRuns(string key, string selector, bool runs)
    {
        await using IRay ray = await Nodes.StartAsync(configure: o => o.Labels["zone"] = "a");
        ObjectRef<int> task = ray.Options(labelSelector: new() { [key] = selector }, name: "picky").Remote(() => 1);
        if (runs)
        {
            Assert.Equal(1, await task.Soon());
            return;
        }

        Assert.Equal(2, ray.Get(ray.Remote(() => 2), Patience.Limit));
        Assert.False(task.IsCompleted);
        Assert.Contains(key, Assert.Single(ray.State.Tasks(t => t.Name == "picky")).ErrorMessage);
        ObjectRef<int> asking = ray.Options(labelSelector: new() { [key] = selector }, failIfUnschedulable: true).Remote(() => 1);
        await Assert.ThrowsAsync<TaskUnschedulableException>(() => asking.Soon());
    }

    [Fact]
    public async Task Isolation_InProcessesOfTheirOwn_IsRefusedByAnEmbeddedNode()
    {
        await using IRay ray = await Nodes.StartAsync();
        Assert.Throws<NotSupportedException>(() => ray.Options(isolation: Isolation.Process).Remote(() => 1));
        Assert.Throws<RuntimeEnvException>(() => ray.Options(runtimeEnv: new RuntimeEnv { EnvironmentVariables = new Dictionary<string, string> { ["A"] = "b" } }).Remote(() => 1));
        Assert.Equal(1, await ray.Options(isolation: Isolation.InSilo).Remote(() => 1).Soon());
    }
}
