namespace RayOrleans.Runtime.Tests.Tasks;

public sealed class ArgumentTests
{
    [Fact]
    public async Task Arguments_InAnyMixOfValuesAndReferences_AreResolved()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int> one = ray.Put(1);
        ObjectRef<int> two = ray.Remote(() => 2);
        Assert.Equal("-", ray.Get(ray.Remote(() => "-"), Patience.Limit));
        Assert.Equal("1", ray.Get(ray.Remote(a => $"{a}", one), Patience.Limit));
        Assert.Equal("12", ray.Get(ray.Remote((a, b) => $"{a}{b}", one, two), Patience.Limit));
        Assert.Equal("17", ray.Get(ray.Remote((a, b) => $"{a}{b}", one, 7), Patience.Limit));
        Assert.Equal("72", ray.Get(ray.Remote((a, b) => $"{a}{b}", 7, two), Patience.Limit));
        Assert.Equal("172", ray.Get(ray.Remote((a, b, c) => $"{a}{b}{c}", one, 7, two), Patience.Limit));
        Assert.Equal("717x", ray.Get(ray.Remote((a, b, c, d) => $"{a}{b}{c}{d}", 7, one, 7, "x"), Patience.Limit));
        Assert.Equal("1221", ray.Get(ray.Remote((a, b, c, d) => $"{a}{b}{c}{d}", one, two, two, one), Patience.Limit));
        Assert.Equal("11111", ray.Get(ray.Remote((int a, int b, int c, int d, int e) => $"{a}{b}{c}{d}{e}", one, 1, one, 1, one), Patience.Limit));
    }

    [Fact]
    public async Task Argument_OfEverySource_IsTheSameValue()
    {
        await using IRay ray = await Nodes.StartAsync();
        foreach (int length in new[] { 10, 60_000, 2_000_000 })
        {
            string value = new('x', length);
            ObjectRef<string> put = ray.Put(value);
            ObjectRef<string> made = ray.Remote(n => new string('x', n), length);
            Assert.Equal(length, ray.Get(ray.Remote(s => s.Length, value), Patience.Limit));
            Assert.Equal(length, ray.Get(ray.Remote(s => s.Length, put), Patience.Limit));
            Assert.Equal(length, ray.Get(ray.Remote(s => s.Length, made), Patience.Limit));
            Assert.Equal(value, ray.Get(made, Patience.Limit));
        }
    }

    [Fact]
    public async Task Argument_OfAReferenceParameter_IsPassedAsAReference()
    {
        await using IRay ray = await Nodes.StartAsync();
        ObjectRef<int> pending = ray.Remote(() => 5);
        ObjectRef<int> got = ray.Remote((ObjectRef<int> r) => Ray.Get(r) + 1, pending);
        Assert.Equal(6, ray.Get(got, Patience.Limit));
    }

    [Fact]
    public async Task Argument_ForAnObjectParameter_IsPassedAsAReference()
    {
        await using IRay ray = await Nodes.StartAsync();
        object five = ray.Put(5);
        Assert.Equal(6, await ray.Remote((object o) => Ray.Get((ObjectRef<int>)o) + 1, five).Soon());
        ObjectRef untyped = ray.Put(6);
        Assert.Equal(7, await ray.Remote((ObjectRef o) => Ray.Get((ObjectRef<int>)o) + 1, untyped).Soon());
    }

    [Fact]
    public async Task Argument_ThatCannotBePacked_LeavesNothingBehind()
    {
        await using IRay ray = await Nodes.StartAsync();
        for (int i = 0; i < 20; i++)
        {
            Assert.Throws<RaySerializationException>(() => ray.Remote((r, t) => r, ray.Put(1), Thread.CurrentThread));
            Assert.Throws<RaySerializationException>(() => ray.Actor(t => new System.Text.StringBuilder(t.Name), Thread.CurrentThread));
        }

        await ray.AssertNothingIsLeftAsync();
        Assert.Equal(1, await ray.Remote(() => 1).Soon());
    }

    [Fact]
    public async Task ReferenceArgument_OfAFailedTask_FailsTheDependentWithTheSameError()
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate ran = Gate.New();
        ObjectRef<int> failed = ray.Remote(new Func<int>(() => throw new FormatException("no")));
        ObjectRef<int> dependent = ray.Remote((x, g) => g.Arrive() + x, failed, ran);
        ObjectRef<int> last = ray.Remote(x => x + 1, dependent);
        RayTaskException error = await Assert.ThrowsAsync<RayTaskException>(() => last.Soon());
        Assert.IsType<FormatException>(error.InnerException);
        Assert.Equal(0, ran.Arrivals);
    }

    [Fact]
    public async Task Arguments_ThatArriveLate_StartTheTaskOnce()
    {
        await using IRay ray = await Nodes.StartAsync(4);
        Gate first = Gate.New();
        Gate second = Gate.New();
        Gate ran = Gate.New();
        ObjectRef<int> a = ray.Remote(g => g.Enter(), first);
        ObjectRef<int> b = ray.Remote(g => g.Enter(), second);
        ObjectRef<int> sum = ray.Remote((x, y, g) => x + y + g.Arrive(), a, b, ran);
        first.Open();
        await a.Soon();
        Assert.False(sum.IsCompleted);
        second.Open();
        Assert.Equal(3, await sum.Soon());
        Assert.Equal(1, ran.Arrivals);
    }

    [Fact]
    public async Task SameReference_ForSeveralParameters_Works()
    {
        await using IRay ray = await Nodes.StartAsync();
        Gate gate = Gate.New();
        ObjectRef<int> late = ray.Remote(g => g.Enter(), gate);
        ObjectRef<int> sum = ray.Remote((a, b, c, d) => a + b + c + d, late, late, late, late);
        gate.Open();
        Assert.Equal(4, await sum.Soon());
    }

    [Fact]
    public async Task NullArgument_InATypedLambda_ArrivesAsNull()
    {
        await using IRay ray = await Nodes.StartAsync();
        string? nothing = null;
        Assert.True(ray.Get(ray.Remote((string? s) => s is null, nothing), Patience.Limit));
        Assert.Null(ray.Get(ray.Remote(() => (string?)null), Patience.Limit));
    }
}
