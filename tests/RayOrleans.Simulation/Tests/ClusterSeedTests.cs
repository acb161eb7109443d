using RayOrleans.Core.Simulation.Cluster;

namespace RayOrleans.Core.Simulation.Tests;

public sealed class ClusterSeedTests
{
    /// <summary>RAY_SIMULATION_SEEDS and RAY_SIMULATION_START choose other or more seeds for each profile, for long soaks.</summary>
    [Theory]
    [InlineData(FaultProfile.None)]
    [InlineData(FaultProfile.Network)]
    [InlineData(FaultProfile.Crashes)]
    [InlineData(FaultProfile.Freezes)]
    [InlineData(FaultProfile.Shards)]
    [InlineData(FaultProfile.All)]
    [InlineData(FaultProfile.Evictions)]
    public void ClusterSeeds_AllCheckers_FindNothing(FaultProfile profile)
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("RAY_SIMULATION_SEEDS"), out int c) ? c : 200;
        long start = long.TryParse(Environment.GetEnvironmentVariable("RAY_SIMULATION_START"), out long s) ? s : 1;

        string? failure = ClusterSoak.FirstFailure(profile, start, count);

        Assert.True(failure is null, failure);
    }

    [Theory]
    [InlineData(FaultProfile.None)]
    [InlineData(FaultProfile.Network)]
    [InlineData(FaultProfile.Crashes)]
    [InlineData(FaultProfile.Freezes)]
    [InlineData(FaultProfile.Shards)]
    [InlineData(FaultProfile.All)]
    [InlineData(FaultProfile.Evictions)]
    public void ClusterSeeds_WithActors_FindNothing(FaultProfile profile)
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("RAY_SIMULATION_SEEDS"), out int c) ? c : 150;
        long start = long.TryParse(Environment.GetEnvironmentVariable("RAY_SIMULATION_START"), out long s) ? s : 1;

        string? failure = ClusterSoak.FirstFailure(profile, start, count, withActors: true);

        Assert.True(failure is null, failure);
    }

    [Theory]
    [InlineData(FaultProfile.None)]
    [InlineData(FaultProfile.Network)]
    [InlineData(FaultProfile.Crashes)]
    [InlineData(FaultProfile.Freezes)]
    [InlineData(FaultProfile.Shards)]
    [InlineData(FaultProfile.All)]
    [InlineData(FaultProfile.Evictions)]
    public void ClusterSeeds_WithStreams_FindNothing(FaultProfile profile)
    {
        int count = int.TryParse(Environment.GetEnvironmentVariable("RAY_SIMULATION_SEEDS"), out int c) ? c : 100;
        long start = long.TryParse(Environment.GetEnvironmentVariable("RAY_SIMULATION_START"), out long s) ? s : 1;

        string? failure = ClusterSoak.FirstFailure(profile, start, count, withActors: true, withStreams: true);

        Assert.True(failure is null, failure);
    }

    /// <summary>Rare ones that each found a mistake, here of the checkers.</summary>
    [Theory]
    [InlineData(FaultProfile.Network, 1291)]
    [InlineData(FaultProfile.Evictions, 1921)]
    public void ClusterSeed_WithStreams_ThatFailedOnce_FindsNothing(FaultProfile profile, long seed)
    {
        string? failure = ClusterSoak.FirstFailure(profile, seed, 1, withActors: true, withStreams: true);

        Assert.True(failure is null, failure);
    }

    [Fact]
    public void ClusterSeeds_WithStreams_ReachEverything()
    {
        Coverage coverage = new();
        Assert.Null(ClusterSoak.FirstFailure(FaultProfile.All, 1, 300, coverage, withActors: true, withStreams: true));

        string[] expected =
        [
            "end of a stream", "item made", "item made elsewhere", "item taken", "item taken that lies elsewhere", "reader leaves", "stream failed", "waits for room", "waits for room elsewhere",
        ];
        Assert.Empty(expected.Except(coverage.Counts.Keys));
    }

    /// <summary>Rare ones that each found a mistake which the usual seeds do not show.</summary>
    [Theory]
    [InlineData(FaultProfile.Network, 21041, false)]
    [InlineData(FaultProfile.Evictions, 21724, false)]
    [InlineData(FaultProfile.Crashes, 312, true)]
    public void ClusterSeed_ThatFailedOnce_FindsNothing(FaultProfile profile, long seed, bool withActors)
    {
        string? failure = ClusterSoak.FirstFailure(profile, seed, 1, withActors: withActors);

        Assert.True(failure is null, failure);
    }

    [Fact]
    public void ClusterSeeds_WithActors_ReachEverything()
    {
        Coverage coverage = new();
        Assert.Null(ClusterSoak.FirstFailure(FaultProfile.All, 1, 800, coverage, withActors: true));

        string[] expected =
        [
            "actor constructed", "actor created", "actor killed", "actor stopped", "call from another node", "call from here", "failure ActorDied",
            "failure ActorUnavailable",
        ];
        Assert.Empty(expected.Except(coverage.Counts.Keys));
    }

    [Fact]
    public void ClusterSeeds_WithCrashes_ReplicatePutsAgain()
    {
        Coverage coverage = new();
        Assert.Null(ClusterSoak.FirstFailure(FaultProfile.Crashes, 1, 300, coverage));
        Assert.Empty(new[] { "KeepMessage", "put replicated", "put replicated again" }.Except(coverage.Counts.Keys));
    }

    [Fact]
    public void ClusterSeeds_WithCrashesAndNoLineage_SayWhatWasEvicted()
    {
        Coverage coverage = new();
        Assert.Null(ClusterSoak.FirstFailure(FaultProfile.Crashes, 1, 1_500, coverage, lineageBytes: 0));
        Assert.Contains("lineage evicted", coverage.Counts.Keys);
    }

    [Fact]
    public void ClusterSeeds_WithEvictions_ReachThem()
    {
        Coverage coverage = new();
        Assert.Null(ClusterSoak.FirstFailure(FaultProfile.Evictions, 1, 600, coverage));
        Assert.Empty(new[] { "evicted a copy", "evicted the owner's copy", "arguments wait for their turn", "no room for an argument", "pull hurried" }.Except(coverage.Counts.Keys));
    }

    [Fact]
    public void ClusterSeeds_SameTwice_GiveTheSameEvents()
    {
        for (long seed = 1; seed <= 60; seed++)
        {
            ClusterSimOptions options = new() { Seed = seed, Profile = FaultProfile.All };
            ClusterSimResult first = ClusterSoak.Run(options);
            ClusterSimResult second = ClusterSoak.Run(options);

            Assert.Equal((seed, first.Steps, first.Hash), (seed, second.Steps, second.Hash));
        }
    }

    /// <summary>The seeds reach what is worth simulating.</summary>
    [Fact]
    public void ClusterSeeds_OfAllFaults_ReachEverything()
    {
        Coverage coverage = new();
        Assert.Null(ClusterSoak.FirstFailure(FaultProfile.All, 1, 800, coverage));

        string[] expected =
        [
            "AdoptMessage", "JobStateMessage", "job Failed", "job Succeeded", "word of a job's end lost", "answered by an old activation", "DeathMessage", "DeleteMessage", "ForgetMessage", "RebuildMessage", "RepublishedMessage", "StateMessage", "batch of a dead node", "batch sent again",
            "blocked worker crashed", "cancel", "crashed node declared dead", "cut off", "failure Cancelled", "failure UserError", "free", "freeze",
            "living node declared dead", "lost message", "no scheduler answered", "other epoch", "placed elsewhere", "placed here", "pull failed", "pull refused",
            "pulled", "put nested again", "put nested in a result", "scheduler replaced", "sent to an old activation", "shard moved", "spec read back", "time out", "worker crashed",
        ];
        Assert.Empty(expected.Except(coverage.Counts.Keys));
    }
}
