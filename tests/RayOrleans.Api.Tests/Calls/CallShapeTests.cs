using RayOrleans.Api.Tests.Fakes;

namespace RayOrleans.Api.Tests.Calls;

/// <summary>Every shape of function, from every kind of method, through every place that takes calls.</summary>
public sealed class CallShapeTests : IDisposable
{
    private readonly FakeRay _ray = new();
    private readonly RayScope _scope;
    private int _seen;

    public CallShapeTests() => _scope = Ray.Use(_ray);

    public void Dispose() => _scope.Dispose();

    private static int StaticValue(int x) => x + 1;

    private static async Task<int> StaticTask(int x)
    {
        await Task.Yield();
        return x + 1;
    }

    private static ValueTask<int> StaticValueTask(int x) => new(x + 1);

    private static void StaticVoid(int x) => _ = x;

    private static Task StaticPlainTask(int x) => Task.CompletedTask;

    private static async ValueTask StaticPlainValueTask(int x) => await Task.Yield();

    private static T Generic<T>(T value) => value;

    private static async Task<T> GenericTask<T>(T value)
    {
        await Task.Yield();
        return value;
    }

    private int InstanceValue(int x) => x + 1;

    private Task<int> InstanceTask(int x) => Task.FromResult(x + 1);

    private ValueTask<int> InstanceValueTask(int x) => new(x + 1);

    private void InstanceVoid(int x) => _seen = x;

    private Task InstancePlainTask(int x) => Task.FromResult(_seen = x);

    private ValueTask InstancePlainValueTask(int x)
    {
        _seen = x;
        return default;
    }

    [Fact]
    public async Task Remote_StaticMethods_ChooseTheirShape()
    {
        var value = Ray.Remote(StaticValue, 1);
        await Check(StaticType.Is<ObjectRef<int>>(ref value), 2, CallShape.Value);
        var task = Ray.Remote(StaticTask, 1);
        await Check(StaticType.Is<ObjectRef<int>>(ref task), 2, CallShape.TaskOfValue);
        var valueTask = Ray.Remote(StaticValueTask, 1);
        await Check(StaticType.Is<ObjectRef<int>>(ref valueTask), 2, CallShape.ValueTaskOfValue);
        var none = Ray.Remote(StaticVoid, 1);
        await Check(StaticType.Is<ObjectRef>(ref none), CallShape.Void);
        var plainTask = Ray.Remote(StaticPlainTask, 1);
        await Check(StaticType.Is<ObjectRef>(ref plainTask), CallShape.Task);
        var plainValueTask = Ray.Remote(StaticPlainValueTask, 1);
        await Check(StaticType.Is<ObjectRef>(ref plainValueTask), CallShape.ValueTask);
    }

    [Fact]
    public async Task Remote_InstanceMethods_ChooseTheirShape()
    {
        var value = Ray.Remote(InstanceValue, 1);
        await Check(StaticType.Is<ObjectRef<int>>(ref value), 2, CallShape.Value);
        var task = Ray.Remote(InstanceTask, 1);
        await Check(StaticType.Is<ObjectRef<int>>(ref task), 2, CallShape.TaskOfValue);
        var valueTask = Ray.Remote(InstanceValueTask, 1);
        await Check(StaticType.Is<ObjectRef<int>>(ref valueTask), 2, CallShape.ValueTaskOfValue);
        var none = Ray.Remote(InstanceVoid, 1);
        await Check(StaticType.Is<ObjectRef>(ref none), CallShape.Void);
        var plainTask = Ray.Remote(InstancePlainTask, 1);
        await Check(StaticType.Is<ObjectRef>(ref plainTask), CallShape.Task);
        var plainValueTask = Ray.Remote(InstancePlainValueTask, 1);
        await Check(StaticType.Is<ObjectRef>(ref plainValueTask), CallShape.ValueTask);
        Assert.Equal(1, _seen);
    }

    [Fact]
    public async Task Remote_Lambdas_ChooseTheirShape()
    {
        var value = Ray.Remote(x => x + 1, 1);
        await Check(StaticType.Is<ObjectRef<int>>(ref value), 2, CallShape.Value);
        var task = Ray.Remote(async x => { await Task.Yield(); return x + 1; }, 1);
        await Check(StaticType.Is<ObjectRef<int>>(ref task), 2, CallShape.TaskOfValue);
        var valueTask = Ray.Remote(x => new ValueTask<int>(x + 1), 1);
        await Check(StaticType.Is<ObjectRef<int>>(ref valueTask), 2, CallShape.ValueTaskOfValue);
        var none = Ray.Remote(x => { }, 1);
        await Check(StaticType.Is<ObjectRef>(ref none), CallShape.Void);
        var plainTask = Ray.Remote(async x => { await Task.Yield(); }, 1);
        await Check(StaticType.Is<ObjectRef>(ref plainTask), CallShape.Task);
        var plainValueTask = Ray.Remote(x => default(ValueTask), 1);
        await Check(StaticType.Is<ObjectRef>(ref plainValueTask), CallShape.ValueTask);
    }

    [Fact]
    public async Task Remote_ClosuresAndLocalFunctions_SeeWhatTheyCapture()
    {
        int offset = 10;
        int Local(int x) => x + offset;
        async Task<int> LocalTask(int x)
        {
            await Task.Yield();
            return x + offset;
        }

        await Check(Ray.Remote(x => x + offset, 1), 11, CallShape.Value);
        await Check(Ray.Remote(async x => { await Task.Yield(); return x + offset; }, 1), 11, CallShape.TaskOfValue);
        await Check(Ray.Remote(Local, 1), 11, CallShape.Value);
        await Check(Ray.Remote(LocalTask, 1), 11, CallShape.TaskOfValue);
        await Check(Ray.Remote(() => offset), 10, CallShape.Value);
    }

    [Fact]
    public async Task Remote_GenericMethods_AreInferredFromTheArgument()
    {
        await Check(Ray.Remote(Generic<int>, 1), 1, CallShape.Value);
        await Check(Ray.Remote(Generic, 1), 1, CallShape.Value);
        await Check(Ray.Remote(GenericTask<int>, 1), 1, CallShape.TaskOfValue);
        await Check(Ray.Remote(GenericTask<int>, Ray.Put(1)), 1, CallShape.TaskOfValue);
    }

    [Fact]
    public async Task Remote_EveryMixOfValuesAndReferences_GivesTheSameResult()
    {
        static int Digits(int a, int b, int c, int d) => (1000 * a) + (100 * b) + (10 * c) + d;
        ObjectRef<int> one = Ray.Put(1), two = Ray.Put(2), three = Ray.Put(3), four = Ray.Put(4);
        ObjectRef<int>[] all =
        [
            Ray.Remote(Digits, 1, 2, 3, 4), Ray.Remote(Digits, one, 2, 3, 4), Ray.Remote(Digits, 1, two, 3, 4), Ray.Remote(Digits, one, two, 3, 4),
            Ray.Remote(Digits, 1, 2, three, 4), Ray.Remote(Digits, one, 2, three, 4), Ray.Remote(Digits, 1, two, three, 4),
            Ray.Remote(Digits, one, two, three, 4), Ray.Remote(Digits, 1, 2, 3, four), Ray.Remote(Digits, one, 2, 3, four),
            Ray.Remote(Digits, 1, two, 3, four), Ray.Remote(Digits, one, two, 3, four), Ray.Remote(Digits, 1, 2, three, four),
            Ray.Remote(Digits, one, 2, three, four), Ray.Remote(Digits, 1, two, three, four), Ray.Remote(Digits, one, two, three, four),
        ];
        for (int mix = 0; mix < all.Length; mix++)
        {
            Assert.Equal(1234, await all[mix]);
            Assert.Equal(int.PopCount(mix), _ray.Calls[mix].Packer.Dependencies.Count);
        }
    }

    [Fact]
    public async Task Remote_OnIRayAndOnOptions_IsTheSame()
    {
        ObjectRef<int> n = _ray.Put(4);
        RemoteOptions options = Ray.Options(numCpus: 2);
        RemoteOptions bound = _ray.Options(numCpus: 3);
        await Check(_ray.Remote(StaticTask, n), 5, CallShape.TaskOfValue);
        Assert.Null(_ray.Last.Call.Options);
        await Check(options.Remote(StaticTask, n), 5, CallShape.TaskOfValue);
        Assert.Same(options, _ray.Last.Call.Options);
        await Check(bound.Remote((x, y) => x * y, n, 2), 8, CallShape.Value);
        Assert.Equal(3, _ray.Last.Call.Options!.NumCpus);
    }

    [Fact]
    public async Task Remote_SuppliedToken_IsTheRuntimes()
    {
        using CancellationTokenSource source = new();
        _ray.Token = source.Token;
        static Task<bool> Same(int n, CancellationToken token) => Task.FromResult(token.CanBeCanceled && n == 1);
        static ValueTask<bool> Only(CancellationToken token) => new(token.CanBeCanceled);
        Assert.True(await Ray.Remote(Same, 1));
        Assert.True(await Ray.Remote(Same, Ray.Put(1)));
        Assert.True(await Ray.Remote(Only));
        Assert.True(await Ray.Remote(Same, 1, CancellationToken.None));
        Assert.True(await Ray.Remote((int a, string b, CancellationToken token) => Task.FromResult(token.CanBeCanceled), 1, "b"));
    }

    [Fact]
    public async Task Remote_FiveAndSixArguments_TakeTypedLambdas()
    {
        ObjectRef<int> two = Ray.Put(2);
        Assert.Equal(17, await Ray.Remote((int a, int b, int c, int d, int e) => a + b + c + d + e, two, 3, 4, two, 6));
        var none = Ray.Remote((int a, int b, int c, int d, int e, int f) => { _seen = a + f; }, 1, two, 3, 4, 5, two);
        await StaticType.Is<ObjectRef>(ref none);
        Assert.Equal(3, _seen);
        Assert.Equal(2, _ray.Last.Packer.Dependencies.Count);
    }

    [Fact]
    public async Task Remote_ReferenceParameter_GetsTheReferenceItself()
    {
        ObjectRef<int> n = Ray.Put(1);
        static async Task<int> Read(ObjectRef<int> r) => await r + 1;
        static int ReadAll(List<ObjectRef<int>> all) => all.Count;
        Assert.Equal(2, await Ray.Remote(Read, n));
        Assert.Empty(_ray.Last.Packer.Dependencies);
        Assert.Equal([typeof(ObjectRef<int>)], _ray.Last.Packer.PackedTypes);
        Assert.Equal(2, await Ray.Remote(ReadAll, new List<ObjectRef<int>> { n, n }));
    }

    [Fact]
    public async Task Remote_TupleResult_ComesApart()
    {
        var (q, r) = Ray.Remote((a, b) => (a / b, (a % b).ToString()), 17, 5);
        Assert.Equal(3, await StaticType.Is<ObjectRef<int>>(ref q));
        Assert.Equal("2", await StaticType.Is<ObjectRef<string>>(ref r));
        var (a1, _, _, _, _, _, a7) = Ray.Remote(() => (1, 2, 3, 4, 5, 6, 7L));
        Assert.Equal(8, await a1 + await StaticType.Is<ObjectRef<long>>(ref a7));
    }

    [Fact]
    public async Task Remote_FunctionThrows_AwaitThrows()
    {
        ObjectRef<int> failed = Ray.Remote((int x) => x > 0 ? throw new InvalidOperationException("no") : x, 1);
        RayTaskException error = await Assert.ThrowsAsync<RayTaskException>(async () => await failed);
        Assert.IsType<InvalidOperationException>(error.InnerException);
    }

    private async Task Check(ObjectRef<int> reference, int expected, CallShape shape)
    {
        Assert.Equal(shape, _ray.Last.Shape);
        Assert.Equal(typeof(int), _ray.Last.Result);
        Assert.Equal(typeof(int), _ray.Last.Call.Invocation.ResultType);
        Assert.Equal(expected, await reference);
    }

    private async Task Check(ObjectRef reference, CallShape shape)
    {
        Assert.Equal(shape, _ray.Last.Shape);
        Assert.Equal(typeof(Unit), _ray.Last.Call.Invocation.ResultType);
        Assert.Equal(typeof(Unit), reference.ValueType);
        await reference;
    }
}
