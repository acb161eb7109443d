using System.Net;
using System.Net.Sockets;
using System.Text;

namespace RayOrleans.Grains.Tests.Hosting;

public sealed class JoinClientTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(1)]
    public async Task Answer_OfAVersionOneApart_IsTaken_WhateverElseItSays(int apart)
    {
        JoinInfo info = await AskAsync(ClusterProtocol.Version + apart);

        Assert.Equal(ClusterProtocol.Version + apart, info.ProtocolVersion);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(2)]
    public async Task Answer_OfAVersionFurtherApart_IsRefusedWithBothVersions(int apart)
    {
        RayClusterUnreachableException error = await Assert.ThrowsAsync<RayClusterUnreachableException>(() => AskAsync(ClusterProtocol.Version + apart));

        Assert.Contains($"protocol {ClusterProtocol.Version + apart}, this program {ClusterProtocol.Version}:", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Node_ThatClosesEveryConnection_EndsItSoonWithTheReason()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        RayAddress address = new("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
        Task<JoinInfo> asking = JoinClient.AskAsync(address, TimeSpan.FromMinutes(10), null, CancellationToken.None);
        while (!asking.IsCompleted)
        {
            Task<Socket> accepting = listener.AcceptSocketAsync();
            await Task.WhenAny(accepting, asking).WaitAsync(Patience);
            if (accepting.IsCompleted)
            {
                (await accepting).Dispose();
            }
        }

        Assert.Contains("as one does that uses TLS", (await Assert.ThrowsAsync<RayClusterUnreachableException>(() => asking)).Message, StringComparison.Ordinal);
    }

    /// <summary>Asks a node that says it speaks this version.</summary>
    private static async Task<JoinInfo> AskAsync(int version)
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        RayAddress address = new("127.0.0.1", ((IPEndPoint)listener.LocalEndpoint).Port);
        Task<JoinInfo> asking = JoinClient.AskAsync(address, Patience, null, CancellationToken.None);
        using Socket socket = await listener.AcceptSocketAsync();
        await using NetworkStream stream = new(socket, ownsSocket: false);
        byte[] question = new byte[JoinResponder.Question.Length];
        await stream.ReadExactlyAsync(question);
        byte[] answer = Encoding.UTF8.GetBytes($$"""{"ProtocolVersion":{{version}},"Later":[1],"ClusterId":"c","ServiceId":"s","Provider":0,"ShardCount":8,"SchedulerCount":2}""");
        await stream.WriteAsync((byte[])[.. BitConverter.GetBytes(answer.Length), .. answer]);
        return await asking.WaitAsync(Patience);
    }
}
