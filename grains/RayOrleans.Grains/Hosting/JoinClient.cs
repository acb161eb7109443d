using System.Buffers.Binary;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text.Json;
using RayOrleans.Transfer;

namespace RayOrleans.Grains;

/// <summary>Asks a node how to join its cluster.</summary>
internal static class JoinClient
{
    private const int MaxAnswerBytes = 64 * 1024;
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>How many connections in a row may be closed without an answer, over about ten seconds: a node that is starting or stopping closes some, and so does what stands before one that is not there yet.</summary>
    private const int MaxClosed = 40;

    /// <summary>Asks until there is an answer: the node may be starting.</summary>
    /// <exception cref="RayClusterUnreachableException">There was none in time, or one side uses TLS in a way that the other does not accept.</exception>
    public static async Task<JoinInfo> AskAsync(RayAddress address, TimeSpan timeout, PeerTls? tls, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        string last = "it did not answer";
        int closed = 0;
        while (true)
        {
            try
            {
                return await AskOnceAsync(address, tls, limit.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or IOException or JsonException || (e is OperationCanceledException && !limit.IsCancellationRequested))
            {
                last = e is OperationCanceledException ? "it did not answer" : e.Message;
                closed = 0;
            }
            catch (AuthenticationException e) when (++closed < MaxClosed)
            {
                last = $"it {e.Message}";
            }
            catch (AuthenticationException e)
            {
                throw new RayClusterUnreachableException($"The node at {address} {e.Message}.");
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new RayClusterUnreachableException($"No Ray node answers at {address} ({last}). Start one, or check the address that it printed: \"Node … is up at ray://…\".");
            }

            await Task.Delay(Pause, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<JoinInfo> AskOnceAsync(RayAddress address, PeerTls? tls, CancellationToken cancellationToken)
    {
        using CancellationTokenSource attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        attempt.CancelAfter(AttemptTimeout);
        using TcpClient client = new();
        await client.ConnectAsync(address.Host, address.Port, attempt.Token).ConfigureAwait(false);
        await using Stream stream = tls is null ? client.GetStream() : await tls.ConnectAsync(client.GetStream(), attempt.Token).ConfigureAwait(false);
        byte[] length = new byte[sizeof(int)];
        try
        {
            await stream.WriteAsync(JoinResponder.Question.ToArray(), attempt.Token).ConfigureAwait(false);
            await stream.ReadExactlyAsync(length, attempt.Token).ConfigureAwait(false);
        }
        catch (IOException e)
        {
            throw new AuthenticationException(PeerTls.WhyClosed(tls), e);
        }

        int size = BinaryPrimitives.ReadInt32LittleEndian(length);
        if (size is < 2 or > MaxAnswerBytes)
        {
            throw new IOException("what answers there is no Ray node");
        }

        byte[] answer = new byte[size];
        await stream.ReadExactlyAsync(answer, attempt.Token).ConfigureAwait(false);
        JoinInfo info = JsonSerializer.Deserialize(answer, JoinInfoJson.Default.JoinInfo) ?? throw new IOException("the answer was empty");
        return ClusterProtocol.Accepts(info.ProtocolVersion)
            ? info
            : throw new RayClusterUnreachableException($"The node at {address} speaks protocol {info.ProtocolVersion}, this program {ClusterProtocol.Version}: use versions at most one apart.");
    }
}
