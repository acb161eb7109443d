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
