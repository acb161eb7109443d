using System.Buffers;

namespace RayOrleans.Runtime.Wire;

/// <summary>Scheduling strategies as bytes.</summary>
internal static class StrategyWire
{
    private const byte Default = 0;
    private const byte Spread = 1;
    private const byte Affinity = 2;
    private const byte SoftAffinity = 3;
    private const byte Group = 4;

    public static void Write(IBufferWriter<byte> output, SchedulingStrategy strategy)
    {
        switch (strategy)
        {
            case DefaultStrategy:
                output.WriteByte(Default);
                break;
            case SpreadStrategy:
                output.WriteByte(Spread);
                break;
            case NodeAffinityStrategy affinity:
                output.WriteByte(affinity.Soft ? SoftAffinity : Affinity);
                output.WriteBits(affinity.NodeId);
                break;
            case PlacementGroupStrategy group:
                output.WriteByte(Group);
                output.WriteBits(group.PlacementGroupId);
                output.WriteBound(group.Bundle);
                break;
            default:
                throw new InvalidOperationException($"{strategy.GetType().Name} has no form on the wire.");
        }
    }

    /// <exception cref="RaySerializationException">The bytes are damaged.</exception>
    public static SchedulingStrategy Read(ref WireReader reader)
    {
        byte kind = reader.ReadByte();
        return kind switch
        {
            Default => SchedulingStrategy.Default,
            Spread => SchedulingStrategy.Spread,
            Affinity or SoftAffinity => ReadAffinity(ref reader, kind == SoftAffinity),
            Group => new PlacementGroupStrategy(reader.ReadBits<PlacementGroupId>(), reader.ReadBound()),
            _ => throw WireReader.Damaged($"{kind} is no scheduling strategy"),
        };
    }

    private static NodeAffinityStrategy ReadAffinity(ref WireReader reader, bool soft)
    {
        NodeId node = reader.ReadBits<NodeId>();
        return node != NodeId.None ? new NodeAffinityStrategy(node, soft) : throw WireReader.Damaged("an affinity to no node");
    }
}
