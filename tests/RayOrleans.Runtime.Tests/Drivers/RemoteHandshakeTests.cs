using System.IO.Pipelines;
using System.Text;
using RayOrleans.Runtime.Drivers;

namespace RayOrleans.Runtime.Tests.Drivers;

public class RemoteHandshakeTests
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);
    private static readonly byte[] Token = [.. Enumerable.Range(0, RemoteHandshake.TokenBytes).Select(i => (byte)i)];

    [Theory]
    [InlineData("")]
    [InlineData("open sesame")]
    public async Task SameSecret_BothSidesAgreeOnTheSession(string secret)
    {
        using ResumableChannel channel = new(Long, Long);
        (Task<(byte[] Token, long Received)?> driver, Task<(ResumableChannel Channel, long Received)?> node) = Meet(secret, secret, Token, channel);
        Assert.Equal(Token, (await driver.WaitAsync(Patience.Limit))!.Value.Token);
        Assert.Equal(42, (await driver)!.Value.Received);
        Assert.Same(channel, (await node.WaitAsync(Patience.Limit))!.Value.Channel);
        Assert.Equal(7, (await node)!.Value.Received);
    }

    [Theory]
    [InlineData("open sesame", "")]
    [InlineData("open sesame", "open barley")]
    [InlineData("", "open sesame")]
    public async Task OtherSecret_DriverIsToldOnlyThat(string ofNode, string ofDriver)
    {
        bool isLookedUp = false;
        (Task<(byte[] Token, long Received)?> driver, Task<(ResumableChannel Channel, long Received)?> node) = Meet(ofNode, ofDriver, null, null, () => isLookedUp = true);
        RemoteRefusedException refused = await Assert.ThrowsAsync<RemoteRefusedException>(() => driver.WaitAsync(Patience.Limit));
        Assert.Contains("another secret", refused.Message, StringComparison.Ordinal);
        Assert.Null(await node.WaitAsync(Patience.Limit));
        Assert.False(isLookedUp);
    }

    [Fact]
    public async Task SessionThatTheNodeDoesNotKnow_IsSaid()
    {
        (Task<(byte[] Token, long Received)?> driver, Task<(ResumableChannel Channel, long Received)?> node) = Meet("s", "s", Token, null);
        Assert.Null(await driver.WaitAsync(Patience.Limit));
        Assert.Null(await node.WaitAsync(Patience.Limit));
    }

    private static (Task<(byte[] Token, long Received)?> Driver, Task<(ResumableChannel Channel, long Received)?> Node) Meet(
        string ofNode, string ofDriver, byte[]? token, ResumableChannel? channel, Action? onFind = null)
    {
        Pipe there = new();
        Pipe back = new();
        Stream ofDrivers = new TwoWay(back.Reader.AsStream(), there.Writer.AsStream());
        Task<(byte[], long)?> driver = RemoteHandshake.AsDriverAsync(ofDrivers, Encoding.UTF8.GetBytes(ofDriver), null, token, 7, CancellationToken.None);
        return (driver, NodeAsync());

        async Task<(ResumableChannel, long)?> NodeAsync()
        {
            Stream input = there.Reader.AsStream();
            byte[] question = new byte[RemoteHandshake.Question.Length];
            await input.ReadExactlyAsync(question);
            return await RemoteHandshake.AsNodeAsync(
                input,
                back.Writer.AsStream(),
                Encoding.UTF8.GetBytes(ofNode),
                wanted =>
                {
                    onFind?.Invoke();
                    Assert.Equal(token, wanted);
                    return Task.FromResult<(ResumableChannel, byte[], long)?>(channel is null ? null : (channel, Token, 42));
                },
                CancellationToken.None);
        }
    }

    /// <summary>A connection's end.</summary>
    private sealed class TwoWay(Stream input, Stream output) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => input.ReadAsync(buffer, cancellationToken);

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => output.WriteAsync(buffer, cancellationToken);

        public override int Read(byte[] buffer, int offset, int count) => input.Read(buffer, offset, count);

        public override void Write(byte[] buffer, int offset, int count) => output.Write(buffer, offset, count);

        public override void Flush() => output.Flush();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
