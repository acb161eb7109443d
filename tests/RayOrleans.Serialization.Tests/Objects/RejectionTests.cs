using System.Net.Sockets;
using Microsoft.Win32.SafeHandles;

namespace RayOrleans.Serialization.Tests.Objects;

public sealed class RejectionTests
{
    [Fact]
    public void Handle_DeepInside_IsNamedByItsPath()
    {
        var order = new Order { Lines = { new(), new(), new(), new OrderLine { Handle = new SafeFileHandle(7, false) } } };
        RaySerializationException e = Assert.Throws<RaySerializationException>(() => RoundTrip.Of(order));
        Assert.Equal("Order.Lines[3].Handle", e.MemberPath);
        Assert.Equal(typeof(SafeFileHandle), e.ValueType);
        Assert.StartsWith("Order.Lines[3].Handle (SafeFileHandle) cannot be sent: ", e.Message);
    }

    [Fact]
    public void Address_DeepInside_IsNamedByItsPath()
    {
        RaySerializationException e = Assert.Throws<RaySerializationException>(() => RoundTrip.Of(new Order { Lines = { new OrderLine { Address = 5 } } }));
        Assert.Equal("Order.Lines[0].Address", e.MemberPath);
        unsafe
        {
            int x = 0;
            var line = new OrderLine { Pointer = &x };
            e = Assert.Throws<RaySerializationException>(() => RoundTrip.Of(line));
            Assert.Equal("OrderLine.Pointer", e.MemberPath);
        }
    }

    [Fact]
    public void DictionaryValue_IsNamedByItsKey()
    {
        RaySerializationException e = Assert.Throws<RaySerializationException>(() => RoundTrip.Of(new Order { Extra = { ["a"] = 1, ["job"] = Task.CompletedTask } }));
        Assert.Equal("Order.Extra[\"job\"].value", e.MemberPath);
        Assert.Contains("await it", e.Message);
    }

    public static TheoryData<object> Impossible() =>
    [
        Thread.CurrentThread, Task.FromResult(1), new CancellationTokenSource(), new ManualResetEvent(false), new HttpClient(), new Timer(_ => { }),
        new System.Timers.Timer(), new PeriodicTimer(TimeSpan.FromHours(1)), new Socket(SocketType.Stream, ProtocolType.Tcp), (nint)4, Stream.Null, new WeakReference<string>("x"),
        System.Diagnostics.Process.GetCurrentProcess(), new TaskCompletionSource<int>(), new ThreadLocal<int>(), default(ValueTask<int>),
        System.Threading.Channels.Channel.CreateUnbounded<int>(), new System.Collections.Concurrent.BlockingCollection<int>(),
    ];

    [Theory]
    [MemberData(nameof(Impossible))]
    public void ProcessBoundObject_Fails_WithAHint(object value)
    {
        RaySerializationException e = Assert.Throws<RaySerializationException>(() => RoundTrip.Of(new Holder { Any = value }));
        Assert.Equal("Holder.Any", e.MemberPath);
        Assert.Equal(value.GetType(), e.ValueType);
        Assert.True(e.Message.Length > 60, e.Message);
    }

    [Fact]
    public void LiveToken_Fails_AndNoneDoesNot()
    {
        using var source = new CancellationTokenSource();
        Assert.Throws<RaySerializationException>(() => RoundTrip.Of(source.Token));
        Assert.Equal(CancellationToken.None, RoundTrip.Of(CancellationToken.None));
    }

    [Fact]
    public void Serializer_AfterAFailure_WorksOn()
    {
        Assert.Throws<RaySerializationException>(() => RoundTrip.Of(new object[] { 1, new List<object> { Thread.CurrentThread } }));
        Assert.Equal(5, RoundTrip.Of(5));
        Assert.Equal(["a"], RoundTrip.Of(new List<string> { "a" }));
    }

    [Fact]
    public void ObjectInADeepChain_Fails_WithAPath()
    {
        var nodes = new List<object>();
        List<object> current = nodes;
        for (int i = 0; i < 1000; i++)
        {
            var next = new List<object>();
            current.Add(next);
            current = next;
        }

        current.Add(Thread.CurrentThread);
        RaySerializationException e = Assert.Throws<RaySerializationException>(() => RoundTrip.Of(nodes));
        Assert.StartsWith("List<Object>", e.MemberPath);
        Assert.True(e.MemberPath.Length < 1000, e.MemberPath);
    }
}
