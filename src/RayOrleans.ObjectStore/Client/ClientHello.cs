using System.Net.Sockets;
using System.Text;

namespace RayOrleans.ObjectStore;

/// <summary>The first exchange on a connection.</summary>
internal static class ClientHello
{
    private const int PatienceMilliseconds = 30_000;

    /// <exception cref="StoreProtocolException">The server refuses this client, or is none.</exception>
    /// <exception cref="SocketException">The connection broke, or no welcome came in time.</exception>
    public static WelcomeBody Exchange(Socket socket, FrameInput input)
    {
        Span<byte> hello = stackalloc byte[Frame.HeadLength + HelloBody.Size];
        Frame.WriteHead(hello, FrameKind.Hello, 0, AnswerShape.Nothing, 0, HelloBody.Size);
        new HelloBody(HelloBody.CurrentVersion, Environment.ProcessId).Write(hello[Frame.HeadLength..]);
        for (int sent = 0; sent < hello.Length;)
            sent += socket.Send(hello[sent..]);
        socket.ReceiveTimeout = PatienceMilliseconds;
        Frame frame;
        ReadOnlySpan<byte> body;
        while (!input.TryRead(out frame, out body))
        {
            if (!input.Receive())
                throw new StoreProtocolException("It ended the connection before it said hello; it may have as many clients as it allows.");
        }

        socket.ReceiveTimeout = 0;
        return frame.Kind switch
        {
            FrameKind.Welcome => WelcomeBody.Read(body),
            FrameKind.Error => throw new StoreProtocolException(Encoding.UTF8.GetString(body)),
            _ => throw new StoreProtocolException($"It answers a hello with a {frame.Kind}."),
        };
    }
}
