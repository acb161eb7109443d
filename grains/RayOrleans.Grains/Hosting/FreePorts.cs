using System.Net;
using System.Net.Sockets;

namespace RayOrleans.Grains;

/// <summary>
/// Finds ports that are free now. Orleans wants to know its ports before it listens, so another process could take one in between: the
/// kernel hands them out far apart, and a silo that loses the race is started again on others (<see cref="RayClusterStart"/>).
/// </summary>
internal static class FreePorts
{
    public static int[] Find(IPAddress address, int count)
    {
        // All are held until all are found, so that they differ.
        TcpListener[] listeners = [.. Enumerable.Range(0, count).Select(_ => new TcpListener(address, 0))];
        try
        {
            foreach (TcpListener listener in listeners)
            {
                listener.Start();
            }

            return [.. listeners.Select(l => ((IPEndPoint)l.LocalEndpoint).Port)];
        }
        finally
        {
            foreach (TcpListener listener in listeners)
            {
                listener.Dispose();
            }
        }
    }
}
