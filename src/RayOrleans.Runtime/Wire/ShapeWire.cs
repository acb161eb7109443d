using System.Buffers;
using RayOrleans.Core;

namespace RayOrleans.Runtime.Wire;

/// <summary>Resource shapes as bytes, with exact amounts.</summary>
internal static class ShapeWire
{
    private const byte OneCpu = 0;
    private const byte Zero = 1;
    private const byte Other = 2;
    private const long MaxAmount = long.MaxValue / 4;

    public static void Write(IBufferWriter<byte> output, ResourceShape shape)
    {
        if (shape.Equals(ResourceShape.OneCpu) || shape.Equals(ResourceShape.Zero))
        {
            output.WriteByte(shape.Cpu == 0 ? Zero : OneCpu);
            return;
        }

        output.WriteByte(Other);
        output.WriteVarint((ulong)shape.Cpu);
        output.WriteVarint((ulong)shape.Gpu);
        output.WriteVarint((ulong)shape.Memory);
        output.WriteCount(shape.Custom.Length);
        foreach ((string name, long amount) in shape.Custom)
        {
            output.WriteText(name);
            output.WriteVarint((ulong)amount);
        }
    }

    /// <exception cref="RaySerializationException">The bytes are damaged.</exception>
    public static ResourceShape Read(ref WireReader reader)
    {
        switch (reader.ReadByte())
        {
            case OneCpu:
                return ResourceShape.OneCpu;
            case Zero:
                return ResourceShape.Zero;
            case Other:
                break;
            case byte other:
                throw WireReader.Damaged($"{other} stands where resources are expected");
        }

        long cpu = ReadAmount(ref reader);
        long gpu = ReadAmount(ref reader);
        long memory = ReadAmount(ref reader);
        int count = reader.ReadCount(2);
        Dictionary<string, long> custom = new(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            custom[reader.ReadRequiredText()] = ReadAmount(ref reader);
        }

        try
        {
            return new ResourceShape(cpu, gpu, memory, custom);
        }
        catch (ArgumentException e)
        {
            throw WireReader.Damaged(e.Message, e);
        }
    }

    private static long ReadAmount(ref WireReader reader)
    {
        ulong amount = reader.ReadVarint();
        return amount <= MaxAmount ? (long)amount : throw WireReader.Damaged($"an amount of {amount}");
    }
}
