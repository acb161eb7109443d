namespace RayOrleans.Grains;

/// <summary>Lets Orleans messages carry a <see cref="NodeId"/>. Thread-safe.</summary>
[RegisterConverter]
public sealed class NodeIdConverter : IConverter<NodeId, NodeIdSurrogate>
{
    /// <inheritdoc/>
    public NodeId ConvertFromSurrogate(in NodeIdSurrogate surrogate) => new(new UInt128(surrogate.Upper, surrogate.Lower));

    /// <inheritdoc/>
    public NodeIdSurrogate ConvertToSurrogate(in NodeId value) => new() { Upper = (ulong)(value.Value >> 64), Lower = (ulong)value.Value };
}
