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
        Queue<List<SessionMessage>> toSend = new([[Message(1)]]);
        TaskCompletionSource sentAll = new(TaskCreationOptions.RunContinuationsAsynchronously);
        SessionLink link = null!;
        using StubChannel channel = new(() =>
        {
            // Somebody else has more to say, just before this thread finds that it would have to wait.
            toSend.Enqueue([Message(2)]);
            link.Signal();
        });
        channel.Sent = count =>
        {
            if (count == 2)
            {
                sentAll.SetResult();
            }
        };
        link = new SessionLink(channel, new SessionCodec(OpaquePayloadWire.Instance), () => toSend.TryDequeue(out List<SessionMessage>? next) ? next : [], _ => { }, serve: null, _ => { });

        link.Signal();

        await sentAll.Task.WaitAsync(Patience.Limit);
        link.Dispose();
    }

    private static SessionMessage Message(ulong number) => new NeedMessage(new ObjectId(new TaskId(number, number), 0), ExistsOnly: false);

    /// <summary>The first send would have to wait; nothing comes.</summary>
    private sealed class StubChannel(Action onFull) : SessionChannel
    {
        private int _asked;
        private int _sent;

        public Action<int> Sent { get; set; } = null!;

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

        public override void Send(ReadOnlySpan<byte> bytes) => Sent(Interlocked.Increment(ref _sent));

        public override void Dispose()
        {
        }
    }
}
