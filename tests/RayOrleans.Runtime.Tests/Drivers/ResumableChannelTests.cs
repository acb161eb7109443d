using System.IO.Pipelines;
using RayOrleans.Runtime.Drivers;
using RayOrleans.Runtime.Processes;

namespace RayOrleans.Runtime.Tests.Drivers;

public class ResumableChannelTests
{
    private const int Bytes = 3_000_000;

    /// <summary>Much less than what is sent: who sends has to wait.</summary>
    private const int Window = 200_000;
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Bytes_OverConnectionsThatBreakAnywhere_ArriveInOrderAndOnce(int seed)
    {
        Random random = new(seed);
        using ResumableChannel left = new(Long, Long, window: Window);
        using ResumableChannel right = new(Long, Long, window: Window);
        Task[] ends = [Sender(left, seed), Sender(right, seed + 100), Receiver(left, seed + 100), Receiver(right, seed)];
        Task all = Task.WhenAll(ends);
        while (!all.IsCompleted)
        {
            // Breaks after some bytes, of which the other end may have got fewer.
            await ConnectAsync(left, right, random.Next(2) * random.Next(400_000), random.Next(700_000), all);
        }

        await all.WaitAsync(Patience.Limit);
    }

    [Fact]
    public async Task Dispose_AfterWhatWasSent_EndsTheOtherSideBehindIt()
    {
        ResumableChannel left = new(Long, Long);
        using ResumableChannel right = new(Long, Long);
        Task connection = ConnectAsync(left, right, int.MaxValue, int.MaxValue, Task.Delay(Timeout.Infinite));
        left.Send(new byte[100_000]);
        left.Dispose();
        int received = await Task.Run(() =>
        {
            byte[] buffer = new byte[1 << 16];
            int all = 0;
            for (int count; (count = right.Receive(buffer)) > 0; all += count)
            {
            }

            return all;
        }).WaitAsync(Patience.Limit);
        Assert.Equal(100_000, received);
        await connection.WaitAsync(Patience.Limit);
        Assert.True(left.IsEnded);
        Assert.ThrowsAny<IOException>(() => right.Send([1]));
    }

    [Fact]
    public async Task Grace_WithoutAConnection_EndsWhoeverWaits()
    {
        using ResumableChannel channel = new(TimeSpan.FromMilliseconds(50), Long);
        IOException gone = await Assert.ThrowsAnyAsync<IOException>(() => Task.Run(() => channel.Receive(new byte[1])).WaitAsync(Patience.Limit));
        Assert.Contains("no other one within", gone.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<IOException>(() => channel.AttachAsync(Stream.Null, Stream.Null, 0));
    }

    [Fact]
    public async Task Silence_OfAConnection_IsNoticed()
    {
        TaskCompletionSource lost = new(TaskCreationOptions.RunContinuationsAsynchronously);
        using ResumableChannel channel = new(Long, TimeSpan.FromMilliseconds(50), _ => lost.SetResult());
        Pipe silent = new();
        await channel.AttachAsync(silent.Reader.AsStream(), Stream.Null, 0).WaitAsync(Patience.Limit);
        await lost.Task.WaitAsync(Patience.Limit);
        Assert.False(channel.IsEnded);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task Attach_WithWhatTheOtherEndCannotHave_IsRefused(long arrived)
    {
        using ResumableChannel channel = new(Long, Long);
        await Assert.ThrowsAnyAsync<IOException>(() => channel.AttachAsync(Stream.Null, Stream.Null, arrived));
    }

    private static async Task ConnectAsync(ResumableChannel left, ResumableChannel right, long toRight, long toLeft, Task until)
    {
        // In this order, as after a handshake: what has arrived is told once nothing more can.
        long leftHas = await left.DetachAsync();
        long rightHas = await right.DetachAsync();
        Pipe there = new();
        Pipe back = new();
        Task one = left.AttachAsync(new BreakingStream(back.Reader.AsStream(), toLeft), there.Writer.AsStream(), rightHas);
        Task two = right.AttachAsync(new BreakingStream(there.Reader.AsStream(), toRight), back.Writer.AsStream(), leftHas);
        await Task.WhenAny(one, two, until);
        await there.Writer.CompleteAsync();
        await back.Writer.CompleteAsync();
        if (!until.IsCompleted)
        {
            await Task.WhenAll(one, two).WaitAsync(Patience.Limit);
        }
    }

    private static Task Sender(SessionChannel channel, int seed) => Task.Run(() =>
    {
        Random content = new(seed);
        Random size = new(seed + 1);
        byte[] buffer = new byte[200_000];
        for (int sent = 0; sent < Bytes;)
        {
            int count = Math.Min(Bytes - sent, 1 + size.Next(buffer.Length - 1));
            content.NextBytes(buffer.AsSpan(0, 8));
            buffer.AsSpan(8, count > 8 ? count - 8 : 0).Fill((byte)sent);
            BitConverter.TryWriteBytes(buffer, count);
            channel.Send(buffer.AsSpan(0, Math.Max(count, 8)));
            sent += Math.Max(count, 8);
        }
    });

    private static Task Receiver(SessionChannel channel, int seed) => Task.Run(() =>
    {
        Random content = new(seed);
        Random size = new(seed + 1);
        byte[] expected = new byte[200_000];
        byte[] buffer = new byte[200_000];
        for (int received = 0; received < Bytes;)
        {
            int count = Math.Min(Bytes - received, 1 + size.Next(buffer.Length - 1));
            content.NextBytes(expected.AsSpan(0, 8));
            expected.AsSpan(8, count > 8 ? count - 8 : 0).Fill((byte)received);
            BitConverter.TryWriteBytes(expected, count);
            int length = Math.Max(count, 8);
            for (int filled = 0; filled < length;)
            {
                filled += channel.Receive(buffer.AsSpan(filled, length - filled));
            }

            Assert.True(buffer.AsSpan(0, length).SequenceEqual(expected.AsSpan(0, length)), $"The bytes from {received} on are others.");
            received += length;
        }
    });

    /// <summary>Fails once so many bytes were read.</summary>
    private sealed class BreakingStream(Stream inner, long left) : Stream
    {
        private long _left = left;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_left <= 0)
            {
                throw new IOException("it broke");
            }

            int count = await inner.ReadAsync(buffer[..(int)Math.Min(buffer.Length, _left)], cancellationToken);
            _left -= count;
            return count;
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
