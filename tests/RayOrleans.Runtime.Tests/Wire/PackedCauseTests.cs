using RayOrleans.Core;
using RayOrleans.Runtime.Wire;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime.Tests.Wire;

public sealed class PackedCauseTests
{
    private static readonly ValueSerializer Serializer = new();

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
    public void Cause_OfAClassThatIsNotHere_KeepsItsNameHoweverFarItTravels()
    {
        PackedCause cause = PackedCause.Of(new Trouble("t", 1), Serializer);
        Assert.NotSame(cause.Unpack(Serializer), cause.Unpack(Serializer));
        Exception unknown = (cause with { Bytes = [1, 2, 3] }).Unpack(Serializer);
        Assert.Equal(typeof(Trouble).FullName, Assert.IsType<RemoteException>(unknown).OriginalTypeName);
        Assert.Equal(typeof(Trouble).FullName, Assert.IsType<RemoteException>(PackedCause.Of(unknown, Serializer).Unpack(Serializer)).OriginalTypeName);
    }

    private static async Task<Exception> ThrownAsync(Exception exception)
    {
        await using IRay ray = await Nodes.StartAsync();
        NodeServices node = ray.Services();
        Exception caught = Assert.ThrowsAny<Exception>(() => Thrower(exception));
        Failure failure = new(FailureKind.UserError, "m", PackedCause.Of(caught, Serializer), new TaskId(1, 2), "Program.F");
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
