using RayOrleans.Api.Tests.Fakes;

namespace RayOrleans.Api.Tests.Calls;

/// <summary>Calls that several overloads could take: the one that is meant wins.</summary>
public sealed class AmbiguityTests : IDisposable
{
    private readonly FakeRay _ray = new();
    private readonly RayScope _scope;

    public AmbiguityTests() => _scope = Ray.Use(_ray);

    public void Dispose() => _scope.Dispose();

    private static int Twin(int x) => x;

    private static Task<int> Twin(string x) => Task.FromResult(x.Length);

    private static void Uneven(int x) => _ = x;

    private static Task Uneven(int x, int y) => Task.FromResult(x + y);

    [Fact]
    public void Remote_AsyncLambdaWithoutValue_IsATask()
    {
        var none = Ray.Remote(async () => { });
        _ = StaticType.Is<ObjectRef>(ref none);
        Assert.Equal(CallShape.Task, _ray.Last.Shape);
        Ray.Remote(async (int x) => { await Task.Yield(); }, 1);
        Assert.Equal(CallShape.Task, _ray.Last.Shape);
        Ray.Remote(async (int x) => { await Task.Yield(); }, Ray.Put(1));
        Assert.Equal(CallShape.Task, _ray.Last.Shape);
    }

    [Fact]
    public void Remote_ThrowingLambda_CompilesAndFails()
    {
        var none = Ray.Remote(() => throw new InvalidOperationException());
        _ = none;
        var untyped = Ray.Remote(x => throw new InvalidOperationException($"{x}"), Ray.Put(1));
        _ = StaticType.Is<ObjectRef>(ref untyped);
        Assert.Single(_ray.Last.Packer.Dependencies);
        Ray.Remote(async x => { await Task.Yield(); throw new InvalidOperationException($"{x}"); }, 1);
        Assert.Equal(CallShape.Task, _ray.Last.Shape);
    }

    [Fact]
    public async Task Remote_OverloadsThatDifferInTask_AreToldApartByTheArgument()
    {
        ObjectRef<int> number = Ray.Remote(Twin, 5);
        Assert.Equal(CallShape.Value, _ray.Last.Shape);
        ObjectRef<int> text = Ray.Remote(Twin, "four");
        Assert.Equal(CallShape.TaskOfValue, _ray.Last.Shape);
        ObjectRef<int> byReference = Ray.Remote(Twin, Ray.Put("four"));
        Assert.Equal(CallShape.TaskOfValue, _ray.Last.Shape);
        Assert.Equal(13, await number + await text + await byReference);
        _ = Ray.Remote(Uneven, 1);
        Assert.Equal(CallShape.Void, _ray.Last.Shape);
        _ = Ray.Remote(Uneven, 1, 2);
        Assert.Equal(CallShape.Task, _ray.Last.Shape);
    }

    [Fact]
    public async Task Remote_MethodsOfTheFramework_AreChosenByTheArgument()
    {
        ObjectRef<int> larger = Ray.Remote(Math.Max, 1, 2);
        Assert.Equal(2, await larger);
        ObjectRef written = Ray.Remote(Console.WriteLine, "");
        await written;
        ObjectRef<string> joined = Ray.Remote(string.Concat, "a", "b");
        Assert.Equal("ab", await joined);
        _ = Ray.Remote(() => Console.Write(""));
        Assert.Equal(CallShape.Void, _ray.Last.Shape);
        ObjectRef<int> parsed = Ray.Remote(int.Parse, Ray.Put("12"));
        Assert.Equal(12, await parsed);
    }

    [Fact]
    public async Task Remote_DynamicArgument_IsAValue()
    {
        dynamic anything = 5;
        ObjectRef<object> same = Ray.Remote((object x) => x, (object)anything);
        Assert.Equal(5, await same);
        Func<dynamic, int> length = x => x.Length;
        ObjectRef<int> four = Ray.Remote(length, "four");
        Assert.Equal(4, await four);
    }

    [Fact]
    public async Task Remote_DelegateVariables_WorkAsMethodsDo()
    {
        Func<int, Task<int>> task = Task.FromResult;
        Func<int, int> value = x => x;
        Action<int> none = _ => { };
        ObjectRef<int> a = Ray.Remote(task, 1);
        ObjectRef<int> b = Ray.Remote(value, a);
        ObjectRef c = Ray.Remote(none, b);
        await c;
        Assert.Equal([CallShape.TaskOfValue, CallShape.Value, CallShape.Void], _ray.Calls.Select(x => x.Shape));
    }

    [Fact]
    public async Task Remote_DerivedTask_IsUnwrappedLikeATask()
    {
        Func<Task<int>> exact = () => Task.FromResult(1);
        Func<Task> wider = exact;
        ObjectRef<int> value = Ray.Remote(exact);
        ObjectRef none = Ray.Remote(wider);
        Assert.Equal(1, await value);
        await none;
        Assert.Equal(CallShape.Task, _ray.Last.Shape);
    }

    [Fact]
    public void Remote_NullFunction_SaysSo()
    {
        Func<int>? function = null;
        ArgumentNullException error = Assert.Throws<ArgumentNullException>(() => Ray.Remote(function!));
        Assert.Contains("function of a remote call is null", error.Message, StringComparison.Ordinal);
        Func<Task>? task = null;
        Assert.Throws<ArgumentNullException>(() => Ray.Remote(task!));
    }

    [Fact]
    public async Task Remote_LiteralNull_SaysHowToPassANullValue()
    {
        ArgumentNullException error = Assert.Throws<ArgumentNullException>(() => Ray.Remote((string? s) => s, null!));
        Assert.Contains("(string?)null", error.Message, StringComparison.Ordinal);
        Assert.Null(await Ray.Remote((string? s) => s, (string?)null));
    }
}
