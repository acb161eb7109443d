using System.Globalization;
using System.Net.Sockets;
using RayOrleans.Runtime.Processes;

namespace RayOrleans.Runtime.Drivers;

/// <summary>The address of a node on this machine, as users write it: <c>local</c>, or <c>local:30000</c> for the one whose address has that port.</summary>
internal static class AttachedAddress
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    /// <summary>Whether a text is one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="port">The port; null: any node will do.</param>
    public static bool TryParse(string text, out int? port)
    {
        port = null;
        if (text == RayOptions.LocalAddress)
        {
            return true;
        }

        const string Prefix = RayOptions.LocalAddress + ":";
        if (!text.StartsWith(Prefix, StringComparison.Ordinal) || !int.TryParse(text.AsSpan(Prefix.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number) || number is < 1 or > 65535)
        {
            return false;
        }

        port = number;
        return true;
    }

    /// <summary>Attaches this program to a node of this machine; waits a moment for one that is starting.</summary>
    /// <exception cref="RayException">There is none, or it does not take this program.</exception>
    public static async Task<IRay> AttachAsync(int? port, RayOptions options, CancellationToken cancellationToken)
    {
        string where = port is null ? RayOptions.LocalAddress : $"{RayOptions.LocalAddress}:{port}";
        long start = Clock.Now;
        while (true)
        {
            foreach (NodePlace place in NodePlace.Find(port))
            {
                Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                try
                {
                    socket.Connect(new UnixDomainSocketEndPoint(place.Socket));
                }
                catch (SocketException)
                {
                    // It is about to end; another one may be there.
                    socket.Dispose();
                    continue;
                }

                return await DriverProcess.StartAsync(new SocketChannel(socket), options, isElsewhere: false, where, cancellationToken).ConfigureAwait(false);
            }

            if (Clock.Now - start > Clock.FromMilliseconds(Patience.TotalMilliseconds))
            {
                throw new RayException(
                    $"There is no Ray node of user {Environment.UserName} at {where} on this machine (looked in {NodePlace.Folder}). Start one with 'rayorleans start', "
                    + "or connect to a node elsewhere by its address, client://host:port.");
            }

            await Task.Delay(Pause, cancellationToken).ConfigureAwait(false);
        }
    }
}
