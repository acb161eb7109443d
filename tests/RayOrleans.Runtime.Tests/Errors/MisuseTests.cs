namespace RayOrleans.Runtime.Tests.Errors;

public sealed class MisuseTests
{
    [Fact]
    public async Task NegativeTimeout_IsRefused()
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate gate = Gate.New();
        ObjectRef<int> pending = ray.Remote(g => g.Enter(), gate);
        Assert.Throws<ArgumentOutOfRangeException>(() => ray.Get(pending, TimeSpan.FromSeconds(-2)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(async () => await ray.GetAsync(pending, TimeSpan.FromSeconds(-2)));
        gate.Open();
    }

    [Fact]
    public async Task NullWhereAReferenceIsNeeded_IsRefused()
    {
        await using IRay ray = await Nodes.StartAsync();
        Assert.Throws<ArgumentNullException>(() => ray.Get((ObjectRef<int>)null!));
        Assert.Throws<ArgumentNullException>(() => ray.Cancel(null!));
        Assert.Throws<ArgumentNullException>(() => ray.Free(null!));
        Assert.Throws<ArgumentNullException>(() => ray.Wait(new ObjectRef<int>[] { null! }));
        Assert.Throws<ArgumentNullException>(() => ray.Remote((Func<int>)null!));
    }

    [Theory]
    [InlineData("numCpus")]
    [InlineData("numGpus")]
    [InlineData("memory")]
    [InlineData("maxRetries")]
    [InlineData("resources")]
    [InlineData("name")]
    public async Task OptionOutOfRange_IsNamed(string option)
    {
        await using IRay ray = await Nodes.StartAsync();
        ArgumentException error = Assert.ThrowsAny<ArgumentException>(() => option switch
        {
            "numCpus" => ray.Options(numCpus: -1),
            "numGpus" => ray.Options(numGpus: 0.00001),
            "memory" => ray.Options(memory: -1),
            "maxRetries" => ray.Options(maxRetries: -2),
            "resources" => ray.Options(resources: new() { ["CPU"] = 1 }),
            _ => ray.Options(name: " "),
        });
        Assert.Contains(option, error.Message);
    }

    [Fact]
    public async Task GpusAboveOneThatAreNotWhole_AreRefused()
    {
        await using IRay ray = await Nodes.StartAsync(configure: o => o.GpusPerNode = 4);
        Assert.Contains("numGpus", Assert.ThrowsAny<ArgumentException>(() => ray.Options(numGpus: 1.5).Remote(() => 1)).Message);
    }

    [Fact]
    public async Task ExitActor_OutsideOfAnActor_IsRefused()
    {
        await using IRay ray = await Nodes.StartAsync();
        Assert.Throws<InvalidOperationException>(() => ray.ExitActor());
        ObjectRef task = ray.Remote(() => Ray.ExitActor());
        Assert.IsType<InvalidOperationException>((await Assert.ThrowsAsync<RayTaskException>(() => task.Soon())).InnerException);
        Assert.Throws<ArgumentException>(() => ray.GetActor<string>("nobody"));
    }

    [Fact]
    public async Task Iterator_PassedToRemote_IsRefusedAtTheCall()
    {
        await using IRay ray = await Nodes.StartAsync();
        Assert.Contains("Stream", Assert.Throws<ArgumentException>(() => ray.Remote(Numbers)).Message);
    }

    [Fact]
    public async Task RuntimeOfATask_CannotBeDisposedOf()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef task = ray.Remote(async () =>
        {
            IRay here = RayAmbient.Current!;
            await here.DisposeAsync();
        });
        Assert.IsType<InvalidOperationException>((await Assert.ThrowsAsync<RayTaskException>(() => task.Soon())).InnerException);
        Assert.Equal(1, await ray.Remote(() => 1).Soon());
    }

    [Fact]
    public async Task ValueThatCannotBeSerialised_FailsAtTheCallAndNamesTheMember()
    {
        await using IRay ray = await Nodes.StartAsync();
        Holder holder = new() { Inner = new Inner { Thread = Thread.CurrentThread } };
        Assert.Contains("Thread", Assert.Throws<RaySerializationException>(() => ray.Put(holder)).Message);
        Assert.Throws<RaySerializationException>(() => ray.Remote(h => h.GetHashCode(), holder));
        Assert.Throws<RaySerializationException>(() => ray.Remote(() => holder.GetHashCode()));
        ObjectRef<Holder> result = ray.Remote(() => new Holder { Inner = new Inner { Thread = Thread.CurrentThread } });
        RaySerializationException error = await Assert.ThrowsAsync<RaySerializationException>(() => result.Soon());
        Assert.Contains("Thread", error.Message);
        result.Dispose();
        await ray.AssertNothingIsLeftAsync();
    }

    private static IEnumerable<int> Numbers()
    {
        yield return 1;
    }

    public sealed class Holder
    {
        public Inner? Inner { get; set; }
    }

    public sealed class Inner
    {
        public Thread? Thread { get; set; }
    }
}
