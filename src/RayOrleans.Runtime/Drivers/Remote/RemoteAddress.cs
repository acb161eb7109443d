using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using RayOrleans.Transfer;

namespace RayOrleans.Runtime.Drivers;

/// <summary>The address of a node that a driver connects to from anywhere, as users write it: <c>client://host:port</c>, with the port of the node's own address.</summary>
internal sealed record RemoteAddress(string Host, int Port)
{
    private const string Scheme = "client";
    private const string SecretVariable = "RayOrleans__Cluster__Secret";

    /// <summary>How long a driver tries to get back to its node: longer than the node keeps its session, whatever that is set to.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    public static bool TryParse(string text, [NotNullWhen(true)] out RemoteAddress? address)
    {
        address = Uri.TryCreate(text, UriKind.Absolute, out Uri? uri) && uri is { Scheme: Scheme, Port: > 0 } && uri.Host.Length > 0 ? new RemoteAddress(uri.DnsSafeHost, uri.Port) : null;
        return address is not null;
    }

    public override string ToString() => Host.Contains(':', StringComparison.Ordinal) ? $"{Scheme}://[{Host}]:{Port}" : $"{Scheme}://{Host}:{Port}";

    /// <summary>Connects this program as a driver.</summary>
    /// <exception cref="RayException">Nobody answers, or the program is not taken.</exception>
    /// <exception cref="ArgumentException">The certificates cannot be meant.</exception>
    public async Task<IRay> ConnectAsync(RayOptions options, CancellationToken cancellationToken)
    {
        byte[] secret = Encoding.UTF8.GetBytes(options.ClusterSecret ?? Environment.GetEnvironmentVariable(SecretVariable) ?? "");
        PeerTls? tls = PeerTls.Load(RayTlsOptions.Of(options.Tls, Environment.GetEnvironmentVariable), "RayOrleans:Tls:", isNode: false);
        byte[]? token = null;
        ResumableChannel channel = new(Patience, RemotePort.Silence, lost =>
        {
            if (Volatile.Read(ref token) is { } known)
            {
                _ = Task.Run(() => ReconnectAsync(lost, secret, tls, known));
            }
            else
            {
                // There is nothing to go on with yet.
                lost.End("the connection broke at once");
            }
        });
        try
        {
            token = await OpenAsync(channel, secret, tls, null, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception e) when (IsTrouble(e) || e is RemoteRefusedException)
        {
            channel.End(e.Message);
            cancellationToken.ThrowIfCancellationRequested();
            throw new RayException(
                e is RemoteRefusedException ? $"The node at {this} does not take this program: {e.Message}."
                : e is AuthenticationException ? $"The node at {this} {e.Message}."
                : $"No Ray node answers at {this}: {e.Message}",
                e);
        }

        return await DriverProcess.StartAsync(channel, options, isElsewhere: true, ToString(), cancellationToken).ConfigureAwait(false);
    }

    private static bool IsTrouble(Exception e) => e is SocketException or IOException or OperationCanceledException or ObjectDisposedException or AuthenticationException;

    /// <summary>Makes a connection and has the channel use it.</summary>
    /// <returns>The session's token; null: the node knows it no more.</returns>
    private async Task<byte[]?> OpenAsync(ResumableChannel channel, byte[] secret, PeerTls? tls, byte[]? token, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(ConnectTimeout);
        TcpClient client = new() { NoDelay = true };
        try
        {
            await client.ConnectAsync(Host, Port, limit.Token).ConfigureAwait(false);
            Stream stream = tls is null ? client.GetStream() : await tls.ConnectAsync(client.GetStream(), limit.Token).ConfigureAwait(false);
            (byte[] Token, long Received)? session = await RemoteHandshake.AsDriverAsync(stream, secret, tls, token, channel.Received, limit.Token).ConfigureAwait(false);
            if (session is not { } found)
            {
                client.Dispose();
                return null;
            }

            _ = UseAsync(client, channel, stream, found.Received);
            return found.Token;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    private static async Task UseAsync(TcpClient client, ResumableChannel channel, Stream stream, long received)
    {
        using (client)
        await using (stream.ConfigureAwait(false))
        {
            try
            {
                await channel.AttachAsync(stream, stream, received).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                channel.End(e.Message);
            }
        }
    }

    private async Task ReconnectAsync(ResumableChannel channel, byte[] secret, PeerTls? tls, byte[] token)
    {
        while (!channel.IsEnded)
        {
            try
            {
                if (await OpenAsync(channel, secret, tls, token, CancellationToken.None).ConfigureAwait(false) is null)
                {
                    channel.End("the connection was lost for too long, and the node has ended the job");
                }

                return;
            }
            catch (RemoteRefusedException e)
            {
                channel.End(e.Message);
                return;
            }
            catch (Exception e) when (IsTrouble(e))
            {
                // The channel ends by itself when its patience is over.
                await Task.Delay(Pause).ConfigureAwait(false);
            }
        }
    }
}
