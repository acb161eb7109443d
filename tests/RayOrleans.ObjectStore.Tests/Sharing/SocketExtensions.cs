using System.Net.Sockets;

namespace RayOrleans.ObjectStore.Tests.Sharing;

internal static class SocketExtensions
{
    public static void ReceiveExactly(this Socket socket, byte[] bytes)
    {
        for (int done = 0; done < bytes.Length;)
        {
            int count = socket.Receive(bytes.AsSpan(done));
            if (count == 0)
                throw new IOException($"The connection ended with {bytes.Length - done} bytes missing.");
            done += count;
        }
    }
}
