namespace RayOrleans.Api.Tests.Options;

public sealed class RemoteOptionsTests
{
    private static readonly RemoteOptions BeforeAnyRuntime = Ray.Options(numCpus: 2, name: "early");

    public static TheoryData<string, Func<RemoteOptions>> Refused => new()
    {
        { "numCpus", () => Ray.Options(numCpus: -1) },
        { "numCpus", () => Ray.Options(numCpus: 0.00001) },
        { "numCpus", () => Ray.Options(numCpus: 1e-30) },
        { "numCpus", () => Ray.Options(numCpus: double.NaN) },
        { "numCpus", () => Ray.Options(numCpus: double.PositiveInfinity) },
        { "numCpus", () => Ray.Options(numCpus: 1e300) },
        { "numGpus", () => Ray.Options(numGpus: -0.5) },
        { "memory", () => Ray.Options(memory: -1) },
        { "resources", () => Ray.Options(resources: new() { ["tpu"] = -1 }) },
        { "resources", () => Ray.Options(resources: new() { ["tpu"] = 0.12345 }) },
        { "resources", () => Ray.Options(resources: new() { ["CPU"] = 1 }) },
        { "resources", () => Ray.Options(resources: new() { ["gpu"] = 1 }) },
        { "resources", () => Ray.Options(resources: new() { [" "] = 1 }) },
        { "maxRetries", () => Ray.Options(maxRetries: -2) },
        { "retryExceptions", () => Ray.Options(retryExceptions: [typeof(string)]) },
        { "retryExceptions", () => Ray.Options(retryExceptions: [null!]) },
        { "name", () => Ray.Options(name: "") },
        { "namespace", () => Ray.Options(@namespace: " ") },
        { "lifetime", () => Ray.Options(lifetime: (ActorLifetime)9) },
        { "maxRestarts", () => Ray.Options(maxRestarts: -2) },
        { "maxTaskRetries", () => Ray.Options(maxTaskRetries: -2) },
        { "maxConcurrency", () => Ray.Options(maxConcurrency: 0) },
        { "maxPendingCalls", () => Ray.Options(maxPendingCalls: 0) },
        { "concurrencyGroups", () => Ray.Options(concurrencyGroups: new() { ["io"] = 0 }) },
        { "checkpointEvery", () => Ray.Options(checkpointEvery: 0) },
        { "labelSelector", () => Ray.Options(labelSelector: new() { ["zone"] = null! }) },
        { "isolation", () => Ray.Options(isolation: (Isolation)9) },
        { "runtimeEnv.EnvironmentVariables", () => Ray.Options(runtimeEnv: new() { EnvironmentVariables = new Dictionary<string, string> { [""] = "" } }) },
        { "numCpus", () => new RemoteOptions() with { NumCpus = -1 } },
        { "resources", () => new RemoteOptions { Resources = new Dictionary<string, double> { ["Memory"] = 1 } } },
    };

    [Theory]
    [MemberData(nameof(Refused), DisableDiscoveryEnumeration = true)]
    public void Options_ValueThatCannotBeMeant_ThrowsWithTheNameOfTheOption(string option, Func<RemoteOptions> make)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(make);
        Assert.Equal(option, error.ParamName);
        Assert.StartsWith(option, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Options_Defaults_AreThoseOfTheContract()
    {
        RemoteOptions options = Ray.Options();
        Assert.Null(options.NumCpus);
        Assert.Equal(3, options.MaxRetries);
        Assert.True(options.RetryExceptions.IsNone);
        Assert.Equal(0, options.MaxRestarts);
        Assert.Equal(Isolation.Default, options.Isolation);
        Assert.Same(SchedulingStrategy.Default, options.SchedulingStrategy);
        Assert.Equal(new RemoteOptions(), options);
    }

    [Fact]
    public void Options_SmallestFraction_IsExact()
    {
        Assert.Equal(0.0001, Ray.Options(numCpus: 0.0001).NumCpus);
        Assert.Equal(1234.5678, Ray.Options(numGpus: 1234.5678).NumGpus);
        Assert.Equal(0.3, Ray.Options(resources: new() { ["tpu"] = 0.3 }).Resources!["tpu"]);
    }

    [Fact]
    public void Equality_GoesByContent()
    {
        static RemoteOptions Make() => Ray.Options(
            resources: new() { ["a"] = 1, ["b"] = 2 },
            labelSelector: new() { ["zone"] = "x" },
            retryExceptions: [typeof(IOException)],
            concurrencyGroups: new() { ["io"] = 2 },
            schedulingStrategy: SchedulingStrategy.NodeAffinity(new NodeId(1), soft: true),
            runtimeEnv: new() { EnvironmentVariables = new Dictionary<string, string> { ["A"] = "1" } });
        Assert.Equal(Make(), Make());
        Assert.Equal(Make().GetHashCode(), Make().GetHashCode());
        Assert.NotEqual(Make(), Make() with { Resources = null });
        Assert.NotEqual(Make(), Make() with { RetryExceptions = true });
    }

    [Fact]
    public void Options_CallersDictionary_IsCopied()
    {
        Dictionary<string, double> mine = new() { ["tpu"] = 1 };
        RemoteOptions options = Ray.Options(resources: mine);
        mine["tpu"] = -1;
        Assert.Equal(1, options.Resources!["tpu"]);
    }

    [Fact]
    public void Options_MadeBeforeAnyRuntime_FindTheRuntimeOfTheCall()
    {
        Fakes.FakeRay ray = new();
        using (Ray.Use(ray))
        {
            BeforeAnyRuntime.Remote(() => 1);
        }

        Assert.Same(BeforeAnyRuntime, ray.Last.Call.Options);
    }

    [Fact]
    public void Options_OfARuntime_StayWithItThroughWith()
    {
        Fakes.FakeRay mine = new();
        Fakes.FakeRay other = new();
        RemoteOptions bound = mine.Options(numCpus: 1) with { Name = "n" };
        using (Ray.Use(other))
        {
            bound.Remote(() => 1);
        }

        Assert.Single(mine.Calls);
        Assert.Empty(other.Calls);
    }

    [Fact]
    public void RetryExceptions_MatchListedTypesAndDerivedOnes()
    {
        RetryExceptions listed = [typeof(IOException), typeof(TimeoutException)];
        Assert.True(listed.Matches(new FileNotFoundException()));
        Assert.False(listed.Matches(new InvalidOperationException()));
        Assert.True(((RetryExceptions)true).Matches(new InvalidOperationException()));
        Assert.False(default(RetryExceptions).Matches(new InvalidOperationException()));
        Assert.True(listed == [typeof(IOException), typeof(TimeoutException)]);
        Assert.True(listed != RetryExceptions.All && RetryExceptions.None == false);
        Assert.Equal("[IOException, TimeoutException]", listed.ToString());
    }

    [Fact]
    public void Strategies_ThatCannotBeMeant_AreRefused()
    {
        PlacementGroup group = new(default, [new Bundle(cpu: 1), new Bundle(cpu: 1)], PlacementStrategy.Pack, null, new Fakes.FakeGroupControl());
        Assert.Equal("nodeId", Assert.Throws<ArgumentException>(() => SchedulingStrategy.NodeAffinity(default)).ParamName);
        Assert.Equal("bundle", Assert.Throws<ArgumentException>(() => SchedulingStrategy.PlacementGroup(group, 2)).ParamName);
        Assert.Equal("bundle", Assert.Throws<ArgumentException>(() => SchedulingStrategy.PlacementGroup(group, -2)).ParamName);
        Assert.Equal(new PlacementGroupStrategy(default, 1), SchedulingStrategy.PlacementGroup(group, 1));
        Assert.Throws<ArgumentException>(() => new Bundle());
        Assert.Throws<ArgumentException>(() => new Bundle(resources: new() { ["tpu"] = 0 }));
        Assert.Equal(new Bundle(resources: new() { ["tpu"] = 1 }), new Bundle(resources: new() { ["tpu"] = 1 }));
    }
}
