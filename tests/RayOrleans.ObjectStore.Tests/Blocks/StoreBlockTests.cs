namespace RayOrleans.ObjectStore.Tests;

public sealed class StoreBlockTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(4097)]
    [InlineData(65_537)]
    [InlineData(3_333_333)]
    public void Block_WrittenAndSealed_ReadsBack(int length)
    {
        using TestStore test = new();
        byte[] data = new byte[length];
        new Random(length).NextBytes(data);
        StoreBlock block = test.Store.Create(length);
        block.Write(0, data);
        block.Seal();

        Assert.Equal(0, block.Offset % 64);
        Assert.Equal(length, block.Length);
        Assert.True(block.GetReadOnlySpan(0, length).SequenceEqual(data));
        using (StorePin pin = block.Pin())
            Assert.True(pin.GetMemory<byte>(0, length).Span.SequenceEqual(data));
        Assert.Equal(1, test.Store.BlockCount);
        Assert.True(block.Delete());
        Assert.Equal(0, test.Store.BlockCount);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(63)]
    [InlineData(64)]
    [InlineData(1000)]
    public void Block_LargeWriteAtAnyOffset_IsExact(int offset)
    {
        using TestStore test = new();
        byte[] data = new byte[(2 << 20) + 77];
        new Random(offset).NextBytes(data);
        StoreBlock block = test.Store.Create(data.Length + 2000);
        block.GetSpan(0, (int)block.Length).Fill(0xEE);
        block.Write(offset, data);

        Assert.True(block.GetReadOnlySpan(offset, data.Length).SequenceEqual(data));
        Assert.False(block.GetReadOnlySpan(0, offset).ContainsAnyExcept((byte)0xEE));
        Assert.False(block.GetReadOnlySpan(offset + data.Length, 2000 - offset).ContainsAnyExcept((byte)0xEE));
    }

    [Fact]
    public void Block_Sealed_IsImmutable()
    {
        using TestStore test = new();
        StoreBlock block = test.Sealed(100);
        Assert.Throws<InvalidOperationException>(() => block.Write(0, [1]));
        Assert.Throws<InvalidOperationException>(() => { block.GetSpan(0, 1); });
        Assert.Throws<InvalidOperationException>(() => block.GetWritableMemory<byte>(0, 1));
        Assert.Throws<InvalidOperationException>(block.Seal);
        Assert.Throws<InvalidOperationException>(block.Abort);
    }

    [Fact]
    public void Block_RangeOutside_IsRefused()
    {
        using TestStore test = new();
        StoreBlock block = test.Store.Create(100);
        Assert.Throws<ArgumentOutOfRangeException>(() => { block.GetSpan(1, 100); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { block.GetReadOnlySpan(-1, 1); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { block.GetReadOnlySpan(long.MaxValue, 1); });
        Assert.Throws<ArgumentOutOfRangeException>(() => block.Write(99, [1, 2]));
        Assert.Throws<ArgumentOutOfRangeException>(() => block.GetMemory<long>(0, 13));
        Assert.Throws<ArgumentOutOfRangeException>(() => block.GetMemory<long>(4, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => test.Store.Create(-1));
        Assert.Equal(1, block.PinCount);
    }

    [Fact]
    public void Block_Aborted_IsFreed()
    {
        using TestStore test = new();
        StoreBlock block = test.Store.Create(1000);
        Assert.Equal(block.AllocatedLength, test.Store.PinnedBytes);
        block.Abort();
        Assert.Equal(0, test.Store.UsedBytes);
        Assert.Equal(0, test.Store.PinnedBytes);
        Assert.Throws<ObjectDisposedException>(block.Seal);
        Assert.Throws<ObjectDisposedException>(() => { block.GetSpan(0, 1); });
    }

    [Fact]
    public void Block_AbortedWhileAnotherWriterPins_IsFreedWithThatPin()
    {
        using TestStore test = new();
        StoreBlock block = test.Store.Create(1000);
        StorePin pin = block.Pin();
        block.Abort();
        Assert.Equal(block.AllocatedLength, test.Store.UsedBytes);
        pin.Dispose();
        Assert.Equal(0, test.Store.UsedBytes);
    }

    [Fact]
    public void Block_DeletedTwice_SecondDoesNothing()
    {
        using TestStore test = new();
        StoreBlock block = test.Sealed(1000);
        StoreBlock other = test.Sealed(1000);
        Assert.True(block.Delete());
        Assert.False(block.Delete());
        Assert.Equal(other.AllocatedLength, test.Store.UsedBytes);
        Assert.Equal(1, test.Store.GetTotals().Deletes);
        Assert.Null(block.TryPin());
        Assert.Throws<ObjectDisposedException>(() => { block.GetReadOnlySpan(0, 1); });
    }

    [Fact]
    public void Block_WrittenAsMemory_IsSeenByReaders()
    {
        using TestStore test = new();
        StoreBlock block = test.Store.Create(80);
        block.GetWritableMemory<double>(0, 10).Span.Fill(2.5);
        block.Seal();
        Assert.Equal(Enumerable.Repeat(2.5, 10), block.GetMemory<double>(0, 10).ToArray());
    }
}
