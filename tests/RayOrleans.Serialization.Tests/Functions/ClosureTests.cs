using Microsoft.Win32.SafeHandles;
using RayOrleans.Serialization.Tests.References;

namespace RayOrleans.Serialization.Tests.Functions;

public sealed class ClosureTests
{
    private static readonly ValueSerializer S = RoundTrip.Serializer;
    private int _field = 10;

    private static int Twice(int x) => 2 * x;

    private int AddField(int x) => _field + x;

    private static T Copy<T>(T function, IReferenceTracker? tracker = null)
        where T : Delegate
    {
        PackedDelegate packed = S.PackDelegate(function, tracker) ?? throw new InvalidOperationException("It captures nothing.");
        return (T)S.UnpackDelegate(packed, tracker);
    }

    /// <summary>Through bytes, read by a serialiser that has not seen the function.</summary>
    private static T Ship<T>(T function, IReferenceTracker? tracker = null)
        where T : Delegate
    {
        byte[] bytes = S.DescribeDelegate(function, tracker).ToBytes();
        var other = new ValueSerializer();
        return (T)other.UnpackDelegate(other.ReadPackedDelegate(bytes), tracker);
    }

    private static void Both<T>(T function, Action<T> check)
        where T : Delegate
    {
        check(Copy(function));
        check(Ship(function));
        check(RoundTrip.Of(function));
        check((T)RoundTrip.Of<object>(function));
    }

    [Fact]
    public void StaticMethodsAndPlainLambdas_CaptureNothing()
    {
        Assert.Null(S.PackDelegate(new Func<int, int>(Twice), null));
        Func<int, int> lambda = x => x + 1;
        Assert.Null(S.PackDelegate(lambda, null));
        Func<int, int> staticLambda = static x => x + 1;
        Assert.Null(S.PackDelegate(staticLambda, null));
        Assert.Null(S.PackDelegate((Func<int, int>)Twice + lambda, null));
        Assert.Equal(8, Ship<Func<int, int>>(Twice)(4));
        Assert.Equal(5, Ship(lambda)(4));
        Assert.Equal(5, RoundTrip.Of(lambda)(4));
        Assert.Equal(7, Ship<Func<int, int, int>>(Math.Max)(4, 7));
    }

    [Fact]
    public void ImmutableCaptures_AreCopied_AndWritesStayLocal()
    {
        int counter = 5;
        string text = "x";
        Func<string> next = () => text + ++counter;
        PackedDelegate packed = S.PackDelegate(next, null)!;
        counter = 100;
        var first = (Func<string>)S.UnpackDelegate(packed, null);
        var second = (Func<string>)S.UnpackDelegate(packed, null);
        Assert.Equal("x6", first());
        Assert.Equal("x7", first());
        Assert.Equal("x6", second());
        Assert.Equal(100, counter);
        Both(next, f => Assert.Equal("x101", f()));
    }

    [Fact]
    public void MutableCaptures_AreCopied()
    {
        var list = new List<int> { 1 };
        Func<int> count = () =>
        {
            list.Add(0);
            return list.Count;
        };
        Both(count, f => Assert.Equal((2, 3), (f(), f())));
        Assert.Single(list);
    }

    [Fact]
    public void UnusedCaptures_OfTheSameScope_AreNotTouched()
    {
        int factor = 3;
        var handle = new SafeFileHandle(7, false);
        Func<bool> other = () => handle.IsInvalid;
        Func<int, int> function = x => x * factor;
        Both(function, f => Assert.Equal(12, f(4)));
        RaySerializationException e = Assert.Throws<RaySerializationException>(() => S.PackDelegate(other, null));
        Assert.Equal("lambda in UnusedCaptures_OfTheSameScope_AreNotTouched.handle", e.MemberPath);
    }

    [Fact]
    public void NestedScopes_ShipOnlyWhatIsUsed()
    {
        int outer = 1;
        var heavy = new SafeFileHandle(7, false);
        var functions = new List<Func<int>>();
        for (int i = 0; i < 2; i++)
        {
            int inner = i * 10;
            Thread unused = Thread.CurrentThread;
            functions.Add(() => outer + inner);
            Func<string> keep = () => heavy.ToString() + unused.Name;
            Assert.NotNull(keep);
        }

        Both(functions[1], f => Assert.Equal(11, f()));
        var list = new List<int> { 7 };
        {
            int inner = 5;
            Func<int> mixed = () => list[0] + inner + outer;
            Both(mixed, f => Assert.Equal(13, f()));
        }
    }

    [Fact]
    public void LocalFunctions_AndWhatTheyCall_Work()
    {
        int a = 1;
        int b = 2;
        Thread unused = Thread.CurrentThread;
        int Inner(int x) => x + b;
        int Outer(int x) => Inner(x) + a;
        string Unused() => unused.Name!;
        Func<int, int> function = Outer;
        Both(function, f => Assert.Equal(8, f(5)));
        Assert.NotNull((Func<string>)Unused);
        Func<int, int> viaLambda = x => Outer(x) * 2;
        Both(viaLambda, f => Assert.Equal(16, f(5)));
    }

    [Fact]
    public void NestedLambdas_CountTheirCaptures()
    {
        int a = 2;
        int b = 3;
        Thread unused = Thread.CurrentThread;
        Func<Func<int, int>> make = () =>
        {
            int local = a;
            return x => (x * b) + local;
        };
        Func<string?> other = () => unused.Name;
        Both(make, f => Assert.Equal(32, f()(10)));
        Assert.NotNull(other);
    }

    [Fact]
    public async Task AsyncLambdas_Work()
    {
        int a = 2;
        var list = new List<int> { 1, 2 };
        Thread unused = Thread.CurrentThread;
        Func<string?> other = () => unused.Name;
        Func<int, Task<int>> function = async x =>
        {
            await Task.Yield();
            int sum = a + x;
            foreach (int i in list)
            {
                await Task.Yield();
                sum += i;
            }

            return sum;
        };
        Assert.Equal(15, await Copy(function)(10));
        Assert.Equal(15, await Ship(function)(10));
        Assert.NotNull(other);
    }

    [Fact]
    public async Task IteratorsAsLocalFunctions_Work()
    {
        int count = 3;
        Thread unused = Thread.CurrentThread;
        Func<string?> other = () => unused.Name;
        IEnumerable<int> Numbers()
        {
            for (int i = 0; i < count; i++)
            {
                yield return i;
            }
        }

        async IAsyncEnumerable<int> Later()
        {
            for (int i = 0; i < count; i++)
            {
                await Task.Yield();
                yield return i;
            }
        }

        Both<Func<IEnumerable<int>>>(Numbers, f => Assert.Equal([0, 1, 2], f()));
        var seen = new List<int>();
        await foreach (int i in Ship<Func<IAsyncEnumerable<int>>>(Later)())
        {
            seen.Add(i);
        }

        Assert.Equal([0, 1, 2], seen);
        Assert.NotNull(other);
    }

    [Fact]
    public void This_ShipsTheObject()
    {
        Both<Func<int, int>>(AddField, f => Assert.Equal(11, f(1)));
        int local = 5;
        Func<int> both = () => _field += local;
        Both(both, f => Assert.Equal((15, 20), (f(), f())));
        Assert.Equal(10, _field);
    }

    [Fact]
    public void Generics_KeepTheirArguments()
    {
        Func<string> Make<T>(T value) => () => typeof(T).Name + value;
        Both(Make(5), f => Assert.Equal("Int325", f()));
        Both(Make("x"), f => Assert.Equal("Stringx", f()));
        Both(new Generic<string>("a").Bind<int>(3), f => Assert.Equal("String/Int32/a/3", f()));
        Assert.Equal("Int32", Ship<Func<string>>(NameOf<int>)());
    }

    private static string NameOf<T>() => typeof(T).Name;

    [Fact]
    public void Recursion_ThroughACapturedDelegate_Works()
    {
        Func<int, int> factorial = null!;
        factorial = n => n <= 1 ? 1 : n * factorial(n - 1);
        Both(factorial, f => Assert.Equal(120, f(5)));
    }

    [Fact]
    public void Multicast_KeepsEveryTarget()
    {
        int a = 1;
        var log = new List<string>();
        Action all = () => log.Add("a" + a);
        all += () => log.Add("b" + a);
        PackedDelegate packed = S.PackDelegate(all, null)!;
        S.UnpackDelegate(packed, null).DynamicInvoke();
        Assert.Empty(log);
        Assert.Equal(2, Ship(all).GetInvocationList().Length);
        (Action Do, List<string> Log) copy = RoundTrip.Of((all, log));
        copy.Do();
        Assert.Equal(["a1", "b1"], copy.Log);
    }

    [Fact]
    public void Functions_OfOneValue_ShareTheirScope()
    {
        int counter = 0;
        int step = 2;
        Action add = () => counter += step;
        Func<int> get = () => counter;
        (Action Add, Func<int> Get) copy = RoundTrip.Of((add, get));
        copy.Add();
        copy.Add();
        Assert.Equal(4, copy.Get());
        Assert.Equal(0, get());
        (Func<int> Get, Action Add) other = RoundTrip.Of((get, add));
        other.Add();
        Assert.Equal(2, other.Get());
    }

    [Fact]
    public void References_InClosures_AreReportedAndRebound()
    {
        var tracker = new FakeTracker();
        ObjectRef<int> reference = tracker.Make<int>(1);
        ActorHandle<string> actor = tracker.MakeActor<string>(2);
        Func<(ObjectRef<int>, ActorHandle<string>)> function = () => (reference, actor);
        PackedDelegate packed = S.PackDelegate(function, tracker)!;
        Assert.Equal([reference.Id], tracker.WrittenRefs);
        Assert.Equal([actor.Id], tracker.WrittenActors);
        (ObjectRef<int> Ref, ActorHandle<string> Actor) copy = ((Func<(ObjectRef<int>, ActorHandle<string>)>)S.UnpackDelegate(packed, tracker))();
        Assert.Equal((reference, actor), copy);
        Assert.NotSame(reference, copy.Ref);
    }

    [Fact]
    public void ExtensionMethodsAndBoundTargets_Work()
    {
        Func<IEnumerable<int>> reversed = new List<int> { 1, 2, 3 }.AsReadOnly().Reverse;
        Both(reversed, f => Assert.Equal([3, 2, 1], f()));
        var list = new List<int>();
        Action<int> add = list.Add;
        Copy(add)(1);
        Assert.Empty(list);
    }

    [Fact]
    public void CapturedLargeArrays_AndNullableAndStructs_Work()
    {
        var data = new double[5000];
        data[4999] = 2;
        int? maybe = 3;
        (string Name, int Count) pair = ("p", 4);
        Func<string> function = () => $"{data[4999]} {maybe} {pair.Name} {pair.Count}";
        Both(function, f => Assert.Equal("2 3 p 4", f()));
        Assert.True(S.PackDelegate(function, null)!.CapturedBytes > 40_000);
    }

    [Fact]
    public void CompiledExpression_FailsWithAHint()
    {
        System.Linq.Expressions.Expression<Func<int, int>> tree = x => x + 1;
        Func<int, int> compiled = tree.Compile();
        Assert.Throws<RaySerializationException>(() => S.DescribeDelegate(compiled, null).ToBytes());
    }

    [Fact]
    public void AnotherBuild_IsRefused()
    {
        int a = 1;
        byte[] bytes = S.DescribeDelegate((Func<int>)(() => a), null).ToBytes();
        int at = bytes.AsSpan().IndexOf(typeof(ClosureTests).Module.ModuleVersionId.ToByteArray());
        bytes[at] ^= 0xFF;
        RaySerializationException e = Assert.Throws<RaySerializationException>(() => S.ReadPackedDelegate(bytes));
        Assert.Contains("another build", e.Message);
    }

    private sealed class Generic<T>(T value)
    {
        public Func<string> Bind<TOther>(TOther other) => () => $"{typeof(T).Name}/{typeof(TOther).Name}/{value}/{other}";
    }
}
