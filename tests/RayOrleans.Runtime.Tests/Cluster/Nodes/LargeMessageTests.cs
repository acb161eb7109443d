using RayOrleans.Runtime.Cluster.Nodes;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Tests.Cluster.Nodes;

/// <summary>Messages that are far over the usual size of a batch, and what cannot be written at all.</summary>
public sealed class LargeMessageTests
{
    private const int Bytes = 90_000;

    [Fact]
    public async Task Call_ThatCapturesThirtyArrays_RunsElsewhere()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        byte[][] captured = [.. Enumerable.Range(0, 30).Select(i => Enumerable.Repeat((byte)i, Bytes).ToArray())];
        ObjectRef<int> sum = nodes.Elsewhere.Remote(() => captured.Sum(c => c[0] + c.Length));

        Assert.Equal((30 * Bytes) + (30 * 29 / 2), await sum.Soon());
    }

    [Fact]
    public async Task Call_WithLargeInlineArguments_RunsElsewhere()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        ObjectRef<byte[]>[] inputs = [.. Enumerable.Range(0, 3).Select(i => nodes.Ray.Put(Enumerable.Repeat((byte)i, Bytes).ToArray()))];
        string text = new('x', Bytes);
        ObjectRef<int> sum = nodes.Elsewhere.Remote(
            static (byte[] a, byte[] b, byte[] c) => a[^1] + b[^1] + c[^1] + a.Length, inputs[0], inputs[1], inputs[2]);
        ObjectRef<int> texts = nodes.Elsewhere.Remote(static (string a, string b, string c) => a.Length + b.Length + c.Length, text, text, text);

        Assert.Equal(3 + Bytes, await sum.Soon());
        Assert.Equal(3 * Bytes, await texts.Soon());
    }

    [Fact]
    public async Task Tuple_OfSevenLargeParts_ComesBack()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        ObjectRef<(byte[], byte[], byte[], byte[], byte[], byte[], byte[])> made = nodes.Elsewhere.Remote(static (int n) =>
            (new byte[n], new byte[n], new byte[n], new byte[n], new byte[n], new byte[n], Enumerable.Repeat((byte)7, n).ToArray()), Bytes);

        var value = await made.Soon();

        Assert.Equal(Bytes, value.Item1.Length);
        Assert.Equal(7, value.Item7[^1]);
    }

    [Fact]
    public async Task TwentyThousandReferences_WhoseOwnerDies_AreAdoptedAtOnce()
    {
        const int Count = 20_000;

        // No time is given to what was on its way: what the dead owner held stays because the other node has not said yet what it holds.
        await using TwoNodes nodes = TwoNodes.Start(deadHold: TimeSpan.Zero);
        ObjectRef<List<ObjectRef<int>>> outer = nodes.Elsewhere.Remote(static () => Enumerable.Range(0, Count).Select(i => Ray.Put(i)).ToList());
        List<ObjectRef<int>> references = await outer.Soon();

        await nodes.Nodes.RemoveAsync(nodes.Second);

        Assert.Equal(Enumerable.Range(0, Count), await Patience.OnThread(() => nodes.Ray.Get(references), "the values of an owner that died"));
    }

    [Fact]
    public async Task Call_OverTheBound_FailsWithTheReasonAndTheLinkGoesOn()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        byte[] captured = new byte[40 << 20];
        ObjectRef<int> tooLarge = nodes.Elsewhere.Remote(() => captured.Length);
        ObjectRef<int> next = nodes.Elsewhere.Remote(static (int x) => x + 1, 1);

        RaySerializationException error = await Assert.ThrowsAsync<RaySerializationException>(() => tooLarge.Soon());
        Assert.Contains("Ray.Put", error.ToString(), StringComparison.Ordinal);
        Assert.Equal(2, await next.Soon());
    }

    [Fact]
    public async Task Value_ThatCannotBeWritten_BecomesAnErrorForWhoReadsIt()
    {
        await using TwoNodes nodes = TwoNodes.Start();
        NodePayloadWire wire = nodes.First.Services.Payloads;
        WireWriter writer = WireWriter.Borrow();
        writer.Raw([1, 2, 3]);

        wire.WriteValue(writer, new Thread(static () => { }));

        byte[] bytes = writer.ToArray();
        WireWriter.Return(writer);
        Assert.Equal([1, 2, 3], bytes[..3]);
        UnsendableValue value = Assert.IsType<UnsendableValue>(wire.ReadValue(bytes.AsMemory(3)));
        Assert.Contains("System.Threading.Thread", value.Why, StringComparison.Ordinal);
        writer = WireWriter.Borrow();
        wire.WriteValue(writer, value);
        Assert.Equal(bytes[3..], writer.ToArray());
        WireWriter.Return(writer);
    }
}
