using RayOrleans.Silo.Microbenchmark;
using RayOrleans.Silo.Microbenchmark.Limits;
using RayOrleans.Silo.Microbenchmark.Lines;

namespace RayOrleans.Silo.Tests.Microbenchmark;

public sealed class LimitMeasurementsTests
{
    private const int SmallCopyBytes = 4096;

    [Theory]
    [InlineData((int)LimitKind.RoundTrip, 0)]
    [InlineData((int)LimitKind.Pipelined, 0)]
    [InlineData((int)LimitKind.Inline, 0)]
    [InlineData((int)LimitKind.Put, 1)]
    [InlineData((int)LimitKind.Put, 4)]
    [InlineData((int)LimitKind.PutGetDelete, 100)]
    [InlineData((int)LimitKind.Lookup, 0)]
    [InlineData((int)LimitKind.Copy, SmallCopyBytes)]
    [InlineData((int)LimitKind.SocketCopy, 2)]
    [InlineData((int)LimitKind.SocketRoundTrip, 0)]
    [InlineData((int)LimitKind.SocketPipelined, 0)]
    [InlineData((int)LimitKind.ProcessCopies, SmallCopyBytes)]
    [InlineData((int)LimitKind.FirstTouch, SmallCopyBytes)]
    [InlineData((int)LimitKind.DictionaryItem, 0)]
    [InlineData((int)LimitKind.KeptFuture, 0)]
    [InlineData((int)LimitKind.Whole, 0)]
    [InlineData((int)LimitKind.AllowedDelay, 0)]
    public void Get_EachKind_EveryVariantGivesAPositiveNumber(int kind, long size)
    {
        BenchmarkScale scale = new(0.001, false);
        using BenchmarkData data = new();
        using LimitMeasurements limits = new(scale, data);

        Limit limit = limits.Get(new LimitKey((LimitKind)kind, size));

        Assert.NotEmpty(limit.Variants);
        Assert.All(limit.Variants, variant =>
        {
            double figure = variant.Sample();
            Assert.True(double.IsFinite(figure) && figure > 0, $"{variant.Name} gave {figure}");
        });
    }

    [Fact]
    public void Get_SameKey_SharesTheLimit()
    {
        using BenchmarkData data = new();
        using LimitMeasurements limits = new(new BenchmarkScale(0.001, false), data);

        Assert.Same(limits.Get(new LimitKey(LimitKind.Lookup)), limits.Get(new LimitKey(LimitKind.Lookup)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(127)]
    [InlineData(1000)]
    [InlineData(4099)]
    public unsafe void NonTemporalCopy_AnyLengthAndAlignment_CopiesExactly(int length)
    {
        byte[] source = new byte[length + 64];
        new Random(1).NextBytes(source);
        for (int shift = 0; shift < 33; shift += 3)
        {
            byte[] target = new byte[length + 64];
            fixed (byte* from = source)
            fixed (byte* to = target)
            {
                NonTemporalCopy.Copy(from + 7, to + shift, length);
            }

            byte[] expected = new byte[length + 64];
            source.AsSpan(7, length).CopyTo(expected.AsSpan(shift));
            Assert.Equal(expected, target);
        }
    }
}
