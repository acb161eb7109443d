using RayOrleans.ObjectStore;

namespace RayOrleans.Transfer.Tests.Wire;

public sealed class ObjectChecksumTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(ObjectChecksum.BlockBytes)]
    [InlineData((3 * ObjectChecksum.BlockBytes) + 5)]
    public void Of_BytesAndBlock_AreTheSame(int length)
    {
        using SharedMemoryStore store = SharedMemoryStore.Create(new ArenaOptions { CapacityBytes = 16 << 20, PrefaultReserveBytes = 0 });
        byte[] bytes = TransferNode.Bytes(length);
        StoreBlock block = store.Create(length);
        block.Write(0, bytes);
        Assert.Equal(ObjectChecksum.Of(bytes), ObjectChecksum.Of(block));
        block.Delete();
    }

    [Fact]
    public void Of_OneBitOrTheLengthChanged_Differs()
    {
        byte[] bytes = TransferNode.Bytes(1_000_000);
        ulong before = ObjectChecksum.Of(bytes);
        bytes[700_000] ^= 1;
        Assert.NotEqual(before, ObjectChecksum.Of(bytes));
        Assert.NotEqual(ObjectChecksum.Of(new byte[0]), ObjectChecksum.Of(new byte[1]));
    }
}
