using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text.Json;

namespace RayOrleans.Grains;

/// <summary>Asks a node how to join its cluster.</summary>
internal static class JoinClient
{
    private const int MaxAnswerBytes = 64 * 1024;
    private static readonly TimeSpan AttemptTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(250);

    /// <summary>Asks until there is an answer: the node may be starting.</summary>
    /// <exception cref="RayClusterUnreachableException">There was none in time.</exception>
    public static async Task<JoinInfo> AskAsync(RayAddress address, TimeSpan timeout, CancellationToken cancellationToken)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(timeout);
        string last = "it did not answer";
        while (true)
        {
            try
            {
                return await AskOnceAsync(address, limit.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is SocketException or IOException or JsonException || (e is OperationCanceledException && !limit.IsCancellationRequested))
            {
                last = e is OperationCanceledException ? "it did not answer" : e.Message;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                throw new RayClusterUnreachableException($"No Ray node answers at {address} ({last}). Start one, or check the address that it printed: \"Node … is up at ray://…\".");
            }

            await Task.Delay(Pause, limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static async Task<JoinInfo> AskOnceAsync(RayAddress address, CancellationToken cancellationToken)
    {
        using CancellationTokenSource attempt = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        attempt.CancelAfter(AttemptTimeout);
        using TcpClient client = new();
        await client.ConnectAsync(address.Host, address.Port, attempt.Token).ConfigureAwait(false);
        NetworkStream stream = client.GetStream();
        await stream.WriteAsync(JoinResponder.Question.ToArray(), attempt.Token).ConfigureAwait(false);
        byte[] length = new byte[sizeof(int)];
        await stream.ReadExactlyAsync(length, attempt.Token).ConfigureAwait(false);
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
