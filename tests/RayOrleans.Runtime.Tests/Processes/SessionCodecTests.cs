using CsCheck;
using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Processes.Wire;
using RayOrleans.Runtime.Tests.Cluster.Wire;

namespace RayOrleans.Runtime.Tests.Processes;

public class SessionCodecTests
{
    private readonly SessionCodec _codec = new(OpaquePayloadWire.Instance);

    public static TheoryData<string> Sorts => [.. SessionMaker.Sorts.Select(s => s.Name)];

    [Theory]
    [MemberData(nameof(Sorts))]
    public void Message_EncodedAndDecoded_SaysTheSame(string sort) => Gen.UInt.Sample(
        seed =>
        {
            SessionMessage message = new SessionMaker(seed).Message(SessionMaker.Sorts.Single(s => s.Name == sort));
            Structural.Same(message, Assert.Single(_codec.Read(Encode([message]))));
        },
        iter: 200);

    [Fact]
    public void Messages_ManyFrames_ComeInOrder() => Gen.UInt.Sample(
        seed =>
        {
            List<SessionMessage> messages = new SessionMaker(seed).Messages();
            List<SessionMessage> read = [];
            for (int sent = 0; sent < messages.Count;)
            {
                WireWriter w = WireWriter.Borrow();
                int count = _codec.Write(w, messages, sent, softLimit: 500);
                Assert.InRange(count, 1, messages.Count - sent);
                sent += count;
                read.AddRange(_codec.Read(w.ToArray()));
                WireWriter.Return(w);
            }

            Structural.Same(messages, read);
        },
        iter: 300);

    [Fact]
    public void Read_Truncated_IsRefusedOrAPrefix() => Gen.UInt.Sample(
        seed =>
        {
            List<SessionMessage> messages = new SessionMaker(seed).Messages();
            byte[] bytes = Encode(messages);
            for (int length = 0; length < bytes.Length; length += Math.Max(1, bytes.Length / 200))
            {
                if (ReadOrRefuse(bytes.AsMemory(0, length)) is { } read)
                {
                    Structural.Same(messages[..read.Count], read);
                }
            }
        },
        iter: 50);

    [Fact]
    public void Read_Changed_IsReadOrRefused() => Gen.UInt.Sample(
        seed =>
        {
            byte[] bytes = Encode(new SessionMaker(seed).Messages());
            Random random = new((int)seed);
            for (int i = 0; i < 200 && bytes.Length > 0; i++)
            {
                byte[] changed = (byte[])bytes.Clone();
                for (int n = random.Next(1, 4); n > 0; n--)
                {
                    changed[random.Next(Math.Min(changed.Length, 400))] = (byte)random.Next(256);
                }

                _ = ReadOrRefuse(changed);
            }
        },
        iter: 100);

    [Fact]
    public void Read_Noise_IsReadOrRefused() => Gen.UInt.Sample(
        seed =>
        {
            Random random = new((int)seed);
            byte[] noise = new byte[random.Next(1, 2_000)];
            random.NextBytes(noise);
            _ = ReadOrRefuse(noise);
        },
        iter: 5_000);

    private byte[] Encode(List<SessionMessage> messages)
    {
        if (messages.Count == 0)
        {
            return [];
        }

        WireWriter w = WireWriter.Borrow();
        Assert.Equal(messages.Count, _codec.Write(w, messages, 0, int.MaxValue));
        byte[] bytes = w.ToArray();
        WireWriter.Return(w);
        return bytes;
    }

    private List<SessionMessage>? ReadOrRefuse(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            return _codec.Read(bytes);
        }
        catch (CorruptBatchException e)
        {
            Assert.NotEmpty(e.Message);
            return null;
        }
    }
}
