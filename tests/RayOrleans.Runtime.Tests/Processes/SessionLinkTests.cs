using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Processes;
using RayOrleans.Runtime.Processes.Wire;

namespace RayOrleans.Runtime.Tests.Processes;

public class SessionLinkTests
{
    [Fact]
    public async Task Signal_WhileWhatIsSentIsHandedOver_IsNotForgotten()
    {
        // More than one frame, so that some of it is handed over as messages.
        List<SessionMessage> first = [.. Enumerable.Range(0, 6000).Select(i => Message((ulong)i + 1))];
        Queue<List<SessionMessage>> toSend = new([first]);
        List<SessionMessage> last = [Message(1_000_000)];
        SessionCodec codec = new(OpaquePayloadWire.Instance);
        TaskCompletionSource sentAll = new(TaskCreationOptions.RunContinuationsAsynchronously);
        SessionLink link = null!;
        using StubChannel channel = new(() =>
        {
            // Somebody else has more to say, just before this thread finds that it would have to wait.
            toSend.Enqueue(last);
            link.Signal();
        });
        int read = 0;
        channel.Sent = frame =>
        {
            read += codec.Read(frame).Count;
            if (read == first.Count + last.Count)
            {
                sentAll.SetResult();
            }
        };
        link = new SessionLink(channel, codec, () => toSend.TryDequeue(out List<SessionMessage>? next) ? next : [], _ => { }, serve: null, _ => { });

        link.Signal();

        await sentAll.Task.WaitAsync(Patience.Limit);
        link.Dispose();
    }

    /// <summary>The node does not read: whoever submits waits until it does.</summary>
    [Fact]
    public async Task MuchThatWaits_LetsTheSubmitterWait_UntilItIsTaken()
    {
        int waiting = SessionLink.MaxWaiting + 1;
        int looks = 0;
        TaskCompletionSource looked = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using StubChannel channel = new(() => { });
        using SessionLink link = new(channel, new SessionCodec(OpaquePayloadWire.Instance), () => [], _ => { }, serve: null, _ => { })
        {
            WaitingCount = () =>
            {
                if (Interlocked.Increment(ref looks) == 3)
                {
                    looked.SetResult();
                }

                return Volatile.Read(ref waiting);
            },
        };
        Task submitter = Task.Factory.StartNew(() => link.WaitForRoom(submitter: null), TaskCreationOptions.LongRunning);

        await looked.Task.WaitAsync(Patience.Limit);
        Assert.False(submitter.IsCompleted);

        Volatile.Write(ref waiting, SessionLink.MaxWaiting);
        await submitter.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task EndOfTheConnection_EndsTheWait()
    {
        using StubChannel channel = new(() => { });
        SessionLink link = new(channel, new SessionCodec(OpaquePayloadWire.Instance), () => [], _ => { }, serve: null, _ => { }) { WaitingCount = () => SessionLink.MaxWaiting + 1 };
        Task submitter = Task.Factory.StartNew(() => link.WaitForRoom(submitter: null), TaskCreationOptions.LongRunning);

        link.Dispose();

        await submitter.WaitAsync(Patience.Limit);
    }

    private static SessionMessage Message(ulong number) => new NeedMessage(new ObjectId(new TaskId(number, number), 0), ExistsOnly: false);

    /// <summary>The first send would have to wait; nothing comes. What is sent is told without its length and kind.</summary>
    private sealed class StubChannel(Action onFull) : SessionChannel
    {
        private int _asked;

        public Action<byte[]> Sent { get; set; } = null!;

        public override bool CanSend
        {
            get
            {
                if (Interlocked.Increment(ref _asked) > 1)
                {
                    return true;
                }

                onFull();
                return false;
            }
        }

        public override int Receive(Span<byte> target) => 0;

        public override void Send(ReadOnlySpan<byte> bytes) => Sent(bytes[5..].ToArray());

        public override void Dispose()
        {
        }
    }
}
