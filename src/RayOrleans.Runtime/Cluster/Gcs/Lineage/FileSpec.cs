using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Gcs.Lineage;

/// <summary>A spec in one of a shard's scratch files; it may be moved from one to another.</summary>
internal sealed class FileSpec(SpecFiles files) : StoredSpec
{
    private int _bytes;

    public override int Bytes => _bytes;

    /// <summary>The file; null: nobody needs the spec.</summary>
    public SpecSegment? Segment { get; private set; }

    /// <summary>Where in it.</summary>
    public long Offset { get; private set; }

    /// <summary>What its bytes come to.</summary>
    public ulong Checksum { get; private set; }

    public override TaskSpec Read()
    {
        WireReader r = new(files.Read(this));
        try
        {
            TaskSpec spec = SpecWire.Read(ref r, OpaquePayloadWire.Instance);
            r.Finish();
            return spec;
        }
        catch (CorruptBatchException e)
        {
            throw new IOException("The lineage of a task is damaged where it was kept.", e);
        }
    }

    public override void Release() => files.Release(this);

    public void Place(SpecSegment segment, long offset, int bytes, ulong checksum) => (Segment, Offset, _bytes, Checksum) = (segment, offset, bytes, checksum);

    public void Leave()
    {
        Segment!.Leave(this);
        Segment = null;
    }
}
