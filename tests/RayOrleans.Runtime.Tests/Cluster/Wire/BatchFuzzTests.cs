using CsCheck;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Tests.Cluster.Wire;

public class BatchFuzzTests
{
    private readonly BatchCodec _codec = new(OpaquePayloadWire.Instance);

    [Fact]
    public void Decode_Truncated_IsRefused() => Gen.UInt.Sample(
        seed =>
        {
            byte[] bytes = _codec.Encode(new MessageMaker(seed).Batch());
            int step = Math.Max(1, bytes.Length / 200);
            for (int length = 0; length < bytes.Length; length += step)
            {
                Assert.Throws<CorruptBatchException>(() => _codec.Decode(bytes.AsMemory(0, length)));
            }

            Assert.Throws<CorruptBatchException>(() => _codec.Decode((byte[])[.. bytes, 0]));
        },
        iter: 50);

    [Fact]
    public void Decode_Changed_IsReadOrRefused() => Gen.UInt.Sample(
        seed =>
        {
            byte[] bytes = _codec.Encode(new MessageMaker(seed).Batch());
            Random random = new((int)seed);
            for (int i = 0; i < 200; i++)
            {
                byte[] changed = (byte[])bytes.Clone();
                for (int n = random.Next(1, 4); n > 0; n--)
                {
                    changed[random.Next(Math.Min(changed.Length, 400))] = (byte)random.Next(256);
                }

                ReadOrRefuse(changed);
            }
        },
        iter: 100);

    [Fact]
    public void Decode_Noise_IsReadOrRefused() => Gen.UInt.Sample(
        seed =>
        {
            Random random = new((int)seed);
            byte[] noise = new byte[random.Next(2, 2_000)];
            random.NextBytes(noise);
            noise[0] = (byte)RequestKind.Batch;
            noise[1] = BatchCodec.Format;
            ReadOrRefuse(noise);
            try
            {
                BatchCodec.DecodeAnswer(noise);
            }
            catch (CorruptBatchException e)
            {
                Assert.NotEmpty(e.Message);
            }
        },
        iter: 5_000);

    private void ReadOrRefuse(byte[] bytes)
    {
        try
        {
            Assert.NotNull(_codec.Decode(bytes));
        }
        catch (CorruptBatchException e)
        {
            Assert.NotEmpty(e.Message);
        }
    }
}
