using System.Net.Sockets;
using System.Text;
using RayOrleans.ObjectStore.Tests.Spilling;

namespace RayOrleans.ObjectStore.Tests.Sharing;

/// <summary>What a client that breaks the rules gets, and that others do not notice.</summary>
public sealed class ProtocolTests
{
    private const int Large = 1_000_000;

    public static TheoryData<string, byte[], string> Wrong() => new()
    {
        { "too long", [255, 255, 255, 127, (byte)FrameKind.Put, 0, 0, 0, 1, 0, 0, 0], "bytes long" },
        { "too short", [3, 0, 0, 0, (byte)FrameKind.Put, 0, 0, 0, 1, 0, 0, 0], "bytes long" },
        { "unknown", Head((FrameKind)77, []), "no frame of kind 77" },
        { "an answer", Head(FrameKind.Answer, []), "does not send frames of kind Answer" },
        { "no zero", [8, 0, 0, 0, (byte)FrameKind.Totals, 0, 0, 9, 1, 0, 0, 0], "where a shape and a zero belong" },
        { "half a key", Head(FrameKind.Delete, new byte[7]), "A key has" },
        { "half a get", Head(FrameKind.Get, new byte[20]), "A request with a timeout" },
        { "an endless get", Head(FrameKind.Get, Timed(0, -5)), "not between zero and one day" },
        { "a negative object", Head(FrameKind.Create, Timed(-1, 0)), "of -1 bytes" },
        { "a foreign pin", Head(FrameKind.Release, [9, 0, 0, 0]), "Pin 9" },
        { "half a pin", Head(FrameKind.Release, [9, 0]), "A release names pins" },
        { "a foreign object", Head(FrameKind.Seal, [9, 0, 0, 0]), "Object 9" },
        { "a second hello", Head(FrameKind.Hello, new byte[HelloBody.Size]), "does not send frames of kind Hello" },
        { "a number twice", [.. Head(FrameKind.Get, Timed(0, -1)), .. Head(FrameKind.Get, Timed(0, -1))], "before it was answered" },
    };

    [Theory]
    [MemberData(nameof(Wrong))]
    public async Task Frame_Wrong_EndsThatClientWithOneReasonAndNoOther(string name, byte[] frame, string reason)
    {
        using TestNode node = new();
        StoreClient other = node.Connect();
        ValueTask<SharedObject> waiting = other.GetAsync(TestNode.Key(5));
        using Socket socket = Greeted(node);
        socket.Send(frame);
        Assert.Contains(reason, Refusal(socket), StringComparison.Ordinal);
        socket.Dispose();

        Assert.True(node.Failures is [var sentence] && sentence.Contains(reason, StringComparison.Ordinal), $"{name}: {string.Join('\n', node.Failures)}");
        other.Put(TestNode.Key(5), [1]);
        using SharedObject got = await TestNode.Within(waiting.AsTask(), "the object");
        Assert.True(other.Delete(TestNode.Key(5)));
        other.Dispose();
        node.ExpectNothingLeft();
    }

    [Fact]
    public void Hello_OfAnotherVersionOrNone_IsRefusedWithTheReason()
    {
        using TestNode node = new(serve: options => options.MaxClients = 2);
        byte[] hello = new byte[HelloBody.Size];
        new HelloBody(99, 1).Write(hello);
        using Socket other = Raw(node);
        other.Send(Head(FrameKind.Hello, hello));
        Assert.Contains("version 99", Refusal(other), StringComparison.Ordinal);
        other.Dispose();
        using Socket none = Raw(node);
        none.Send(Head(FrameKind.Totals, []));
        Assert.Contains("not a hello", Refusal(none), StringComparison.Ordinal);
        none.Dispose();

        TestNode.Eventually(() => node.Server.GetTotals().Clients == 0, () => "the clients' ends");
        node.Connect();
        node.Connect();
        StoreRequestException error = Assert.Throws<StoreRequestException>(() => StoreClient.Connect(node.Server.SocketPath));
        Assert.Equal(StoreFailure.Disconnected, error.Failure);
        Assert.Throws<StoreRequestException>(() => StoreClient.Connect(Path.Combine(node.Directory, "nothing")));
    }

    [Fact]
    public void Hello_ThatDoesNotCome_EndsTheConnection()
    {
        using TestNode node = new(serve: options => options.HelloTimeout = TimeSpan.FromMilliseconds(100));
        using Socket socket = Raw(node);
        Assert.Contains("did not say hello", Refusal(socket), StringComparison.Ordinal);
        TestNode.Eventually(() => node.Server.GetTotals().Clients == 0, () => "the connection's end");
    }

    [Fact]
    public async Task Frame_Wrong_KeepsItsMemoryUntilTheProcessClosesItsEnd()
    {
        using TestNode node = new();
        StoreClient other = node.Connect();
        other.Put(TestNode.Key(1), new byte[Large]);
        using Socket socket = Greeted(node);
        byte[] get = Timed(0, -1);
        TestNode.Key(1).Write(get);
        socket.Send(Head(FrameKind.Get, get));
        byte[] create = Timed(Large, -1);
        TestNode.Key(2).Write(create);
        socket.Send(Head(FrameKind.Create, create));
        TestNode.Eventually(() => other.GetTotals() is { ClientPins: 1, UnsealedObjects: 1 }, () => "the pin and the object");
        ValueTask<SharedObject> waiting = other.GetAsync(TestNode.Key(2));
        Assert.True(other.Delete(TestNode.Key(1)));

        socket.Send(Head((FrameKind)99, []));
        StoreRequestException gone = await Assert.ThrowsAsync<StoreRequestException>(() => TestNode.Within(waiting.AsTask(), "the object"));
        Assert.Equal(StoreFailure.CreatorGone, gone.Failure);
        Assert.Equal((1, 2), (other.GetTotals().ClientPins, other.GetTotals().Store.BlockCount));
        socket.Dispose();
        other.Dispose();
        node.ExpectNothingLeft();
    }

    [Fact]
    public void Pins_ThatEndWithTheConnection_TheirMemoryRests_BecauseTheCollectorMayHaveFoundThem()
    {
        using TestNode node = new(configure: options => options.QuarantineTime = TimeSpan.FromDays(1));
        StoreClient other = node.Connect();
        other.Put(TestNode.Key(1), new byte[Large]);
        using Socket socket = Greeted(node);
        byte[] get = Timed(0, -1);
        TestNode.Key(1).Write(get);
        socket.Send(Head(FrameKind.Get, get));
        TestNode.Eventually(() => other.GetTotals().ClientPins == 1, () => "the pin");
        Assert.True(other.Delete(TestNode.Key(1)));
        Assert.Equal(1, other.GetTotals().ClientPins);
        socket.Dispose();
        TestNode.Eventually(() => other.GetTotals().Clients == 1, () => "the client's end");
        Assert.True(other.GetTotals().Store.QuarantinedBytes > Large);
    }

    [Fact]
    public void Delete_OfAnObjectBeingWritten_LeavesItsMemoryToTheWriter()
    {
        using TestNode node = new();
        StoreClient writer = node.Connect();
        StoreClient other = node.Connect();
        using SharedWrite write = writer.Create(TestNode.Key(1), Large);
        Assert.True(other.Delete(TestNode.Key(1)));
        Assert.Equal(1, node.Store.BlockCount);
        other.Put(TestNode.Key(1), new byte[Large]);
        write.GetSpan(0, Large).Fill(7);
        using SharedObject got = other.Get(TestNode.Key(1));
        Assert.False(got.GetMemory().Span.ContainsAnyExcept((byte)0));
        write.Dispose();
        Assert.Equal(1, other.GetTotals().Store.BlockCount);
        Assert.False(got.GetMemory().Span.ContainsAnyExcept((byte)0));
    }

    [Fact]
    public void Client_ThatReadsNoAnswers_StopsOnlyItself()
    {
        using TestNode node = new();
        StoreClient other = node.Connect();
        other.Put(TestNode.Key(1), new byte[StoreServerOptions.MaxInlineLimitBytes]);
        using Socket socket = Greeted(node);
        socket.SendTimeout = 2000;
        byte[] get = Timed(0, 0);
        TestNode.Key(1).Write(get);
        Assert.Throws<SocketException>(() => SendWithoutEnd(socket, Head(FrameKind.Get, get)));
        for (int i = 2; i < 100; i++)
            other.Put(TestNode.Key(i), new byte[100]);
        using SharedObject got = other.Get(TestNode.Key(99));
        Assert.Equal(100, got.Length);
    }

    [Fact]
    public async Task Client_ThatReadsNoAnswers_LeavesWhatIsRestoredForItWaitingAsPins()
    {
        const int Count = 400;
        FaultyFiles files = new();
        using TestNode node = new(8 << 20, options => options.Spill = TestNode.SpillTo(options, files), options => options.InlineCapacityBytes = 0);
        using ManualResetEventSlim gate = new();
        StoreClient other = node.Connect();
        other.Put(TestNode.Key(1), new byte[StoreServerOptions.MaxInlineLimitBytes]);
        node.Store.Create(node.Store.CapacityBytes).Delete();
        files.ReadGate = gate;
        using Socket socket = Greeted(node);
        byte[] get = Timed(0, -1);
        TestNode.Key(1).Write(get);
        for (uint i = 1; i <= Count; i++)
            socket.Send(Head(FrameKind.Get, get, i));
        socket.Send(Head(FrameKind.Contains, get[..StoreKey.Size], Count + 1));
        Assert.Equal((Count + 1U, 0), AnswerOf(socket));
        Task<SharedObject> last = other.GetAsync(TestNode.Key(1)).AsTask();
        Assert.True(other.Contains(TestNode.Key(1)));
        gate.Set();

        // It asked last, so what was restored for the others has come too.
        using (SharedObject value = await TestNode.Within(last, "the object"))
            Assert.Equal(StoreServerOptions.MaxInlineLimitBytes, value.Length);
        Assert.True(node.Server.Directory.TryFind(TestNode.Key(1), out Found found));
        int pins = found.Block!.PinCount;
        found.Release();
        Assert.InRange(pins, Count / 2, Count + 2);
        HashSet<uint> answered = [];
        while (answered.Count < Count)
        {
            (uint number, int length) = AnswerOf(socket);
            Assert.True(answered.Add(number));
            Assert.Equal(StoreServerOptions.MaxInlineLimitBytes, length);
        }

        socket.Dispose();
        Assert.True(other.Delete(TestNode.Key(1)));
        other.Dispose();
        node.ExpectNothingLeft();
    }

    [Fact]
    public void Number_OfARequestThatWaitsForRoom_SentAgain_EndsBoth()
    {
        using TestNode node = new(configure: options => options.FullTimeout = TimeSpan.FromHours(1));
        StoreBlock all = node.Store.Create(node.Store.CapacityBytes);
        using Socket socket = Greeted(node);
        byte[] create = Timed(Large, -1);
        socket.Send(Head(FrameKind.Create, create));
        TestNode.Eventually(() => node.Store.GetTotals().Waiting == 1, () => "the create to wait");
        TestNode.Key(1).Write(create);
        socket.Send(Head(FrameKind.Create, create));
        TestNode.Eventually(() => node.Failures is [var sentence] && sentence.Contains("before it was answered", StringComparison.Ordinal), () => "the refusal");
        TestNode.Eventually(() => node.Store.GetTotals().Waiting == 0, () => "the end of the create that waits");
        all.Delete();
        socket.Dispose();
        node.ExpectNothingLeft();
    }

    [Fact]
    public void Socket_AndItsDirectory_AreTheOwnersOnly()
    {
        if (OperatingSystem.IsWindows())
            return;
        using TestNode node = new();
        UnixFileMode file = File.GetUnixFileMode(node.Server.SocketPath);
        UnixFileMode directory = File.GetUnixFileMode(Path.GetDirectoryName(node.Server.SocketPath)!);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, file);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, directory);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(node.Store.FilePath));
        node.Server.Dispose();
        Assert.False(Directory.Exists(Path.GetDirectoryName(node.Server.SocketPath)));
    }

    private static void SendWithoutEnd(Socket socket, byte[] frame)
    {
        while (true)
            socket.Send(frame);
    }

    private static byte[] Timed(long length, long timeout)
    {
        byte[] body = new byte[TimedBody.Size];
        new TimedBody(TestNode.Key(77), length, timeout).Write(body);
        return body;
    }

    /// <summary>Reads an answer: its number, and how long its body is.</summary>
    private static (uint Number, int Length) AnswerOf(Socket socket)
    {
        byte[] head = new byte[Frame.HeadLength];
        socket.ReceiveExactly(head);
        Frame frame = Frame.ReadHead(head);
        Assert.Equal((FrameKind.Answer, (byte)AnswerStatus.Done), (frame.Kind, frame.Detail));
        socket.ReceiveExactly(new byte[frame.BodyLength]);
        return (frame.Number, frame.BodyLength);
    }

    private static byte[] Head(FrameKind kind, byte[] body, uint number = 1)
    {
        byte[] head = new byte[Frame.HeadLength];
        Frame.WriteHead(head, kind, 0, AnswerShape.Nothing, number, body.Length);
        return [.. head, .. body];
    }

    private static Socket Raw(TestNode node)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 30_000 };
        socket.Connect(new UnixDomainSocketEndPoint(node.Server.SocketPath));
        return socket;
    }

    private static Socket Greeted(TestNode node)
    {
        Socket socket = Raw(node);
        byte[] hello = new byte[HelloBody.Size];
        new HelloBody(HelloBody.CurrentVersion, Environment.ProcessId).Write(hello);
        socket.Send(Head(FrameKind.Hello, hello));
        byte[] head = new byte[Frame.HeadLength];
        socket.ReceiveExactly(head);
        socket.ReceiveExactly(new byte[Frame.ReadHead(head).BodyLength]);
        return socket;
    }

    /// <summary>The sentence of the error frame, after which there is nothing.</summary>
    private static string Refusal(Socket socket)
    {
        byte[] head = new byte[Frame.HeadLength];
        socket.ReceiveExactly(head);
        Frame frame = Frame.ReadHead(head);
        Assert.Equal(FrameKind.Error, frame.Kind);
        byte[] body = new byte[frame.BodyLength];
        socket.ReceiveExactly(body);
        Assert.Equal(0, socket.Receive(head));
        return Encoding.UTF8.GetString(body);
    }
}
