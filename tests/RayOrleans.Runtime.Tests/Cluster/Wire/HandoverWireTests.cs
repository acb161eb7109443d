using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Tests.Cluster.Wire;

public sealed class HandoverWireTests
{
    [Theory]
    [InlineData(0, 0, 1)]
    [InlineData(3, 10, 1)]
    [InlineData(3, 4 << 20, 3)]
    [InlineData(100, 100_000, 3)]
    public void State_OfAnySize_ComesBackInOrder(int records, int bytes, int requests)
    {
        List<ReadOnlyMemory<byte>> state = [.. Enumerable.Range(0, records).Select(i => (ReadOnlyMemory<byte>)Enumerable.Repeat((byte)i, bytes).ToArray())];

        byte[][] sent = [.. HandoverWire.Encode(5, 1L << 40, state)];
        var read = sent.Select(s => HandoverWire.Decode(s)).ToList();

        Assert.Equal(requests, sent.Length);
        Assert.All(read, r => Assert.Equal((5, 1L << 40), (r.Shard, r.Epoch)));
        Assert.Equal(Enumerable.Range(0, requests), read.Select(r => r.Number));
        Assert.Equal(Enumerable.Range(1, requests).Select(n => n == requests), read.Select(r => r.IsLast));
        Assert.Equal(state.Select(s => s.ToArray()), read.SelectMany(r => r.Records).Select(r => r.ToArray()));
    }

    [Fact]
    public void State_ThatIsDamaged_IsRefused()
    {
        byte[] sent = HandoverWire.Encode(1, 2, [new byte[] { 1, 2, 3 }]).Single();

        Assert.Throws<CorruptBatchException>(() => HandoverWire.Decode(sent.AsMemory(0, sent.Length - 1)));
        Assert.Throws<CorruptBatchException>(() => HandoverWire.Decode(new byte[] { 0, 1, 2, 3 }));
    }
}
