using System.Buffers;
using RayOrleans.Core;
using RayOrleans.Runtime.Wire;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime.Tests.Wire;

public sealed class FailureWireTests
{
    private static readonly ValueSerializer Serializer = new();

    [Fact]
    public void Failure_ThereAndBack_KeepsEverything()
    {
        Failure failure = new(FailureKind.Cancelled, "why", null, new TaskId(1, 2), "Program.F", 4) { HadStarted = true };
        Assert.Equal(failure, ThereAndBack(failure));
        Assert.Equal(new Failure(FailureKind.NodeDied, ""), ThereAndBack(new Failure(FailureKind.NodeDied, "")));
    }

    [Fact]
    public async Task Cause_WhoseClassIsHere_IsThrownAsItWas()
    {
        Exception error = await ThrownAsync(new Trouble("broken", 42));
        var task = Assert.IsType<RayTaskException>(error);
        Assert.Equal(42, Assert.IsType<Trouble>(task.InnerException).Code);
        Assert.Contains(nameof(Thrower), task.RemoteStackTrace, StringComparison.Ordinal);
        Assert.Contains("Trouble: broken", task.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cause_ThatCannotBeSerialised_IsReplacedByItsText()
    {
        Exception error = await ThrownAsync(new Unsendable());
        var task = Assert.IsType<RayTaskException>(error);
        var stand = Assert.IsType<RemoteException>(task.InnerException);
        Assert.Equal(typeof(Unsendable).FullName, stand.OriginalTypeName);
        Assert.Equal(typeof(Unsendable).FullName, task.OriginalTypeName);
        Assert.Equal("cannot be sent", stand.Message);
        Assert.Contains(nameof(Thrower), stand.RemoteStackTrace, StringComparison.Ordinal);
        Assert.Contains(nameof(Unsendable), task.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cause_WhoseTextThrows_DoesNotHideTheFailure()
    {
        PackedCause cause = PackedCause.Of(new Mute(), Serializer);
        Assert.Equal(typeof(Mute).FullName, cause.TypeName);
        Assert.Contains(nameof(NotSupportedException), cause.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Cause_TooLargeForAMessage_GoesAsText()
    {
        PackedCause cause = PackedCause.Of(new InvalidOperationException(new string('x', 1 << 20)), Serializer);
        Assert.Null(cause.Bytes);
        Assert.True(cause.Message.Length < 20_000);
    }

    [Fact]
    public void Cause_PassedOn_KeepsItsBytes()
    {
        Failure once = ThereAndBack(new Failure(FailureKind.UserError, "m", new Trouble("t", 1)));
        var first = Assert.IsType<PackedCause>(once.Cause);
        var second = Assert.IsType<PackedCause>(ThereAndBack(once).Cause);
        Assert.Equal(first.Bytes, second.Bytes);
        Exception thrown = second.Unpack(Serializer);
        Assert.NotSame(thrown, second.Unpack(Serializer));
        PackedCause unknown = second with { Bytes = [1, 2, 3] };
        Assert.Equal(typeof(Trouble).FullName, Assert.IsType<RemoteException>(unknown.Unpack(Serializer)).OriginalTypeName);
        Assert.Equal(typeof(Trouble).FullName, PackedCause.Of(unknown.Unpack(Serializer), Serializer) is { } again ? Assert.IsType<RemoteException>(again.Unpack(Serializer)).OriginalTypeName : null);
    }

    private static async Task<Exception> ThrownAsync(Exception exception)
    {
        await using IRay ray = await Nodes.StartAsync();
        NodeServices node = ray.Services();
        Exception caught = Assert.ThrowsAny<Exception>(() => Thrower(exception));
        Failure failure = ThereAndBack(new Failure(FailureKind.UserError, "m", caught, new TaskId(1, 2), "Program.F"));
        TaskRecord task = new(new TaskId(1, 2), ((RayScope)ray).Job, null, TaskOptions.Default) { Payload = new object() };
        node.Gate.Do(engine =>
        {
            engine.Submit(task);
            Attempt attempt = engine.TryStart()!;
            engine.Complete(attempt, Outcome.UserFailure(failure, isRetriable: false), 0);
        });
        return FailureErrors.ToException(task, node);
    }

    private static void Thrower(Exception exception) => throw exception;

    private static Failure ThereAndBack(Failure failure)
    {
        ArrayBufferWriter<byte> output = new();
        FailureWire.Write(output, failure, Serializer);
        WireReader reader = new(output.WrittenSpan);
        Failure copy = FailureWire.Read(ref reader);
        reader.Finish();
        return copy;
    }

    private sealed class Trouble(string message, int code) : Exception(message)
    {
        public int Code { get; } = code;
    }

    private sealed class Unsendable() : Exception("cannot be sent")
    {
        public nint Address { get; } = 1;
    }

    private sealed class Mute : Exception
    {
        public override string Message => throw new NotSupportedException();
    }
}
