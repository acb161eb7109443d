namespace RayOrleans.Serialization.Tests;

/// <summary>Takes the parts of a flat form and checks their order and alignment.</summary>
internal sealed class BlockRecorder(long length) : IBlockWriter
{
    private long _end;

    public byte[] Bytes { get; } = new byte[length];

    public List<long> Offsets { get; } = [];

    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        Assert.True(offset >= _end && offset - _end < 64, $"part at {offset} after {_end}");
        Assert.Equal(0, offset % 64);
        Offsets.Add(offset);
        data.CopyTo(Bytes.AsSpan((int)offset));
        _end = offset + data.Length;
    }
}
