using System.Runtime.CompilerServices;
using RayOrleans.Api.Tests.Fakes;

namespace RayOrleans.Api.Tests.Calls;

public sealed class StreamCallTests : IDisposable
{
    private readonly FakeRay _ray = new();
    private readonly RayScope _scope;

    public StreamCallTests() => _scope = Ray.Use(_ray);

    public void Dispose() => _scope.Dispose();

    private static IEnumerable<int> Count(int to)
    {
        for (int i = 0; i < to; i++)
        {
            yield return i;
        }
    }

    private static async IAsyncEnumerable<int> CountAsync(int to, [EnumeratorCancellation] CancellationToken token)
    {
        for (int i = 0; i < to && token.CanBeCanceled; i++)
        {
            await Task.Yield();
            yield return i;
        }
    }

    private static IEnumerable<int> Finished(int n) => [n, n];

    private static async IAsyncEnumerable<int> OneAsync(int n)
    {
        await Task.Yield();
        yield return n;
    }

    [Fact]
    public async Task Stream_BothKindsOfSequence_GiveTheirItemsInOrder()
    {
        using CancellationTokenSource source = new();
        _ray.Token = source.Token;
        Assert.Equal([0, 1, 2], await ItemsAsync(Ray.Stream(Count, 3)));
        Assert.Equal(CallShape.Enumerable, _ray.Last.Shape);
        Assert.Equal([0, 1], await ItemsAsync(Ray.Stream(CountAsync, Ray.Put(2))));
        Assert.Equal(CallShape.AsyncEnumerable, _ray.Last.Shape);
        Assert.Equal([0, 1], await ItemsAsync(_ray.Stream(CountAsync, 2, CancellationToken.None)));
        Assert.Equal([7, 7], await ItemsAsync(Ray.Options(numCpus: 1).Stream(Finished, 7)));
        Assert.Equal(typeof(int), _ray.Last.Call.Invocation.ResultType);
    }

    [Fact]
    public void Execute_ConsumerWantsNoMore_StopsTheFunction()
    {
        int made = 0;
        IEnumerable<int> Endless()
        {
            while (true)
            {
                yield return made++;
            }
        }

        EnumerableInvocation<int> call = new(Endless);
        FakeFrame frame = new() { Wanted = 3 };
        Assert.Null(call.Execute(frame));
        Assert.Equal([0, 1, 2], frame.Items.Cast<int>());
        Assert.Equal(3, made);
    }

    [Fact]
    public void Remote_Iterator_FailsAtTheCallAndNamesStream()
    {
        foreach (Func<object> wrong in (Func<object>[])[() => Ray.Remote(Count, 3), () => Ray.Remote(CountAsync, 3, CancellationToken.None), () => Ray.Remote(OneAsync, 1)])
        {
            ArgumentException error = Assert.Throws<ArgumentException>(wrong);
            Assert.Contains("Use Stream instead of Remote", error.Message, StringComparison.Ordinal);
        }

        Assert.Empty(_ray.Calls);
    }

    [Fact]
    public async Task Remote_FinishedSequence_IsAValue()
    {
        Assert.Equal([4, 4], await Ray.Remote(Finished, 4));
    }

    private static async Task<List<int>> ItemsAsync(ObjectRefStream<int> stream)
    {
        List<int> items = [];
        await foreach (ObjectRef<int> item in stream)
        {
            items.Add(await item);
        }

        return items;
    }
}
