using RayOrleans.Core;
using RayOrleans.Runtime.Wire;

namespace RayOrleans.Runtime.Tests.Wire;

public sealed class CallCodecTests
{
    private static int s_offset = 100;

    private static int Add(int a, int b) => a + b;

    private static T[] Twice<T>(T value) => [value, value];

    private static string Describe(object? o) => $"[{o}]";

    [Fact]
    public async Task Call_OfEveryShapeAndNumberOfParameters_RunsOnTheOtherNode()
    {
        await using TwoNodes nodes = await TwoNodes.StartAsync();
        Gate gate = Gate.New();
        Assert.Equal(7, await nodes.Send<int>(c => c.Remote(() => 7)).Soon());
        Assert.Equal(3, await nodes.Send<int>(c => c.Remote(Add, 1, 2)).Soon());
        Assert.Equal("123", await nodes.Send<string>(c => c.Remote((a, b, d) => $"{a}{b}{d}", 1, "2", 3L)).Soon());
        Assert.Equal("1234", await nodes.Send<string>(c => c.Remote((a, b, d, e) => $"{a}{b}{d}{e}", 1, 2, 3, 4)).Soon());
        Assert.Equal("12345", await nodes.Send<string>(c => c.Remote((int a, int b, int d, int e, int f) => $"{a}{b}{d}{e}{f}", 1, 2, 3, 4, 5)).Soon());
        Assert.Equal("123456", await nodes.Send<string>(c => c.Remote((int a, int b, int d, int e, int f, int g) => $"{a}{b}{d}{e}{f}{g}", 1, 2, 3, 4, 5, 6)).Soon());
        await nodes.Send<Unit>(c => c.Remote(() => { gate.Arrive(); })).Soon();
        await nodes.Send<Unit>(c => c.Remote((Gate g) => { g.Arrive(); }, gate)).Soon();
        await nodes.Send<Unit>(c => c.Remote(async (Gate g) => { await Task.Yield(); g.Arrive(); }, gate)).Soon();
        await nodes.Send<Unit>(c => c.Remote(ValueTask (Gate g, CancellationToken t) => { g.Arrive(); t.ThrowIfCancellationRequested(); return default; }, gate)).Soon();
        Assert.Equal(4, gate.Arrivals);
        Assert.Equal(6, await nodes.Send<int>(c => c.Remote(async (int a, int b) => { await Task.Yield(); return a * b; }, 2, 3)).Soon());
        Assert.Equal(5, await nodes.Send<int>(c => c.Remote(ValueTask<int> (int a) => new(a + 1), 4)).Soon());
    }

    [Fact]
    public async Task Function_OfEveryKind_RunsOnTheOtherNode()
    {
        await using TwoNodes nodes = await TwoNodes.StartAsync();
        int offset = 5;
        List<int> list = [1, 2];
        int Local(int x) => x + 1;
        int Capturing(int x) => x + offset;
        Assert.Equal(["a", "a"], await nodes.Send<string[]>(c => c.Remote(Twice, "a")).Soon());
        Assert.Equal(2, await nodes.Send<int>(c => c.Remote(Local, 1)).Soon());
        Assert.Equal(6, await nodes.Send<int>(c => c.Remote(Capturing, 1)).Soon());
        Assert.Equal(8, await nodes.Send<int>(c => c.Remote(x => x + list.Sum() + offset, 0)).Soon());
        Assert.Equal(11, await nodes.Send<int>(c => c.Remote(new Counter(10).Next)).Soon());
        Assert.Equal(["x"], await nodes.Send<string[]>(c => c.Remote(new[] { "x" }.ToArray)).Soon());
        Assert.Equal(3, await nodes.Send<int>(c => c.Remote("abc".IndexOf, "d", 0, StringComparison.Ordinal)).Soon() + 4);
        Func<int> inner = () => offset + 1;
        Assert.Equal(6, await nodes.Send<int>(c => c.Remote(new Func<int>(inner.Invoke))).Soon());
        Func<string> narrow = () => "s";
        Func<object> wide = narrow;
        Assert.Equal("s", await nodes.Send<object>(new ValueInvocation<object>(wide)).Soon());
        Assert.Equal(100, s_offset);
    }

    [Fact]
    public async Task Function_CombinedOfSeveral_RunsThemAll()
    {
        await using TwoNodes nodes = await TwoNodes.StartAsync();
        Gate gate = Gate.New();
        Action<Gate> once = static g => g.Arrive();
        await nodes.Send<Unit>(new VoidInvocation<Gate>(once + once, gate)).Soon();
        Assert.Equal(2, gate.Arrivals);
        Action captured = () => gate.Arrive();
        await nodes.Send<Unit>(new VoidInvocation(captured + captured + captured)).Soon();
        Assert.Equal(5, gate.Arrivals);
    }

    [Fact]
    public async Task Arguments_OfEveryForm_Arrive()
    {
        await using TwoNodes nodes = await TwoNodes.StartAsync();
        ObjectRef<int> one = nodes.A.Put(1);
        ObjectRef<List<string>> list = nodes.A.Put(new List<string> { "b" });
        DateTime time = new(2026, 1, 2, 3, 4, 5, DateTimeKind.Utc);
        Assert.Equal("1b7", await nodes.Send<string>(c => c.Remote((int a, List<string> b, int d) => $"{a}{b[0]}{d}", one, list, 7)).Soon());
        Assert.Equal("xy", await nodes.Send<string>(c => c.Remote((List<string> l) => string.Concat(l), new List<string> { "x", "y" })).Soon());
        Assert.Equal("[]", await nodes.Send<string>(c => c.Remote(Describe, (object?)null)).Soon());
        Assert.Equal("[Spot { X = 3, Name = n }]", await nodes.Send<string>(c => c.Remote(s => $"[{s}]", new Spot(3, "n"))).Soon());
        Assert.Equal(time, await nodes.Send<DateTime>(c => c.Remote((DateTime? t, int? n) => t!.Value.AddDays(n ?? 0), (DateTime?)time, (int?)null)).Soon());
        string wide = new('ü', 50_000);
        Assert.Equal(wide.Length, await nodes.Send<int>(c => c.Remote((string? s) => s!.Length, wide)).Soon());
    }

    [Fact]
    public async Task References_InsideArgumentsAndFunctions_AreTheReceiversOwn()
    {
        await using TwoNodes nodes = await TwoNodes.StartAsync();
        ObjectRef<int> one = nodes.A.Put(1);
        ObjectRef<int> ten = nodes.A.Put(10);
        ObjectRef<int> hundred = nodes.A.Put(100);
        List<ObjectRef<int>> pair = [ten, hundred, ten];
        int got = await nodes.Send<int>(c => c.Remote((int a, List<ObjectRef<int>> l) => a + l.Sum(r => Ray.Get(r)) + Ray.Get(one), hundred, pair)).Soon();
        Assert.Equal(100 + 120 + 1, got);
        ObjectRef<ObjectRef<int>[]> put = nodes.A.Put(new[] { one, ten });
        Assert.Equal(11, await nodes.Send<int>(c => c.Remote((ObjectRef<int>[] l) => l.Sum(r => Ray.Get(r)), put)).Soon());
    }

    [Fact]
    public async Task DecodedCall_IsEncodedToTheSameBytes()
    {
        await using TwoNodes nodes = await TwoNodes.StartAsync();
        ObjectRef<int> one = nodes.A.Put(1);
        List<ObjectRef<int>> list = [one];
        int n = 3;
        (byte[] bytes, TaskRecord task) = nodes.Pack(new CallCatcher().Of(c => c.Remote((int a, List<ObjectRef<int>> l, string s) => a + l.Count + n, one, list, "x")));
        Assert.Equal(TwoNodes.Package, CallCodec.PackageOf(bytes));
        ObjectEntry[] inputs = Array.ConvertAll(task.Inputs!, nodes.Move);
        Invocation copy = nodes.Receiver.Decode(bytes, inputs);
        Assert.Equal(bytes, nodes.Receiver.Encode(copy, task.DependencyCount, TwoNodes.Package));
        byte[] padded = [1, 2, 3, .. bytes, 4];
        Assert.Equal(bytes, nodes.Receiver.Encode(nodes.Receiver.Decode(new ArraySegment<byte>(padded, 3, bytes.Length), inputs), task.DependencyCount, TwoNodes.Package));
    }

    [Fact]
    public async Task Function_ThatCapturesNothing_IsFoundOnce()
    {
        await using TwoNodes nodes = await TwoNodes.StartAsync();
        (byte[] first, _) = nodes.Pack(new CallCatcher().Of(c => c.Remote(Add, 1, 2)));
        (byte[] second, _) = nodes.Pack(new CallCatcher().Of(c => c.Remote(Add, 3, 4)));
        Assert.Same(nodes.Receiver.Decode(first, null).Function, nodes.Receiver.Decode(second, null).Function);
    }

    [Fact]
    public async Task ActorsPlace_StaysThePlaceOfTheActor()
    {
        await using TwoNodes nodes = await TwoNodes.StartAsync();
        (byte[] bytes, _) = nodes.Pack(new ValueInvocation<Counter, int, int>((c, n) => c.Next() + n, Arg<Counter>.Actor, 1));
        ActorHandle<Counter> actor = nodes.B.Actor(() => new Counter(5));
        Invocation call = nodes.Receiver.Decode(bytes, null);
        Assert.Equal(7, await ((IRay)nodes.B).SubmitActorCall<int>(actor, new RemoteCall(call)).Soon());
    }

    [Fact]
    public async Task Inputs_ThatDoNotGoWithTheCall_AreRefused()
    {
        await using TwoNodes nodes = await TwoNodes.StartAsync();
        (byte[] bytes, TaskRecord task) = nodes.Pack(new CallCatcher().Of(c => c.Remote((int a, int b) => a + b, nodes.A.Put(1), nodes.A.Put(2))));
        ObjectEntry[] inputs = Array.ConvertAll(task.Inputs!, nodes.Move);
        Assert.Throws<RaySerializationException>(() => nodes.Receiver.Decode(bytes, null));
        Assert.Throws<RaySerializationException>(() => nodes.Receiver.Decode(bytes, inputs[..1]));
        Assert.Throws<RaySerializationException>(() => nodes.Receiver.Decode(bytes, [.. inputs, inputs[0]]));
    }

    [Fact]
    public async Task DamagedBytes_AreRefusedOrGiveAnotherCall_AndNothingElse()
    {
        await using TwoNodes nodes = await TwoNodes.StartAsync();
        int n = 3;
        List<int> list = [1];
        (byte[] bytes, TaskRecord task) = nodes.Pack(new CallCatcher().Of(c => c.Remote((int a, List<int> l, Spot s, string t) => a + l.Count + n + s.X, nodes.A.Put(1), list, new Spot(1, "z"), "text")));
        ObjectEntry[] inputs = Array.ConvertAll(task.Inputs!, nodes.Move);
        for (int length = 0; length < bytes.Length; length++)
        {
            Assert.Throws<RaySerializationException>(() => nodes.Receiver.Decode(bytes[..length], inputs));
        }

        int refused = 0;
        for (int i = 0; i < bytes.Length; i++)
        {
            foreach (byte mask in (byte[])[0x01, 0x80, 0xFF])
            {
                byte[] damaged = [.. bytes];
                damaged[i] ^= mask;
                refused += Record.Exception(() => nodes.Receiver.Decode(damaged, inputs)) switch
                {
                    null => 0,
                    RaySerializationException => 1,
                    Exception other => throw new InvalidOperationException($"byte {i} ^ {mask:x2}", other),
                };
            }
        }

        Assert.True(refused > bytes.Length, $"only {refused} of {bytes.Length * 3} damaged calls were refused");
        Assert.Throws<RaySerializationException>(() => CallCodec.PackageOf(bytes.AsSpan(1)));
    }

    [Fact]
    public async Task Call_ThatWasNotPacked_IsNotSent()
    {
        await using TwoNodes nodes = await TwoNodes.StartAsync();
        int n = 1;
        Assert.Throws<InvalidOperationException>(() => nodes.Sender.Encode(new ValueInvocation<int>(() => n), 0, default));
        Assert.Throws<InvalidOperationException>(() => nodes.Sender.Encode(new ValueInvocation<List<int>, int>(static l => l.Count, new List<int>()), 0, default));
    }

    public sealed class Counter(int start)
    {
        private int _value = start;

        public int Next() => ++_value;
    }

    private readonly record struct Spot(int X, string Name);
}
