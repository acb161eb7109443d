using RayOrleans.Silo.Microbenchmark.Lines;
using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>Copies of one length into touched shared memory, each to the next place of the mapping.</summary>
internal sealed unsafe class CopyLimit
{
    private const double BytesPerGigabyte = 1e9;

    private readonly long[] _source;
    private readonly SharedMapping _target;
    private readonly long _length;
    private long _offset;

    /// <param name="source">What is copied.</param>
    /// <param name="target">Where it is copied to.</param>
    public CopyLimit(long[] source, SharedMapping target)
    {
        _source = source;
        _target = target;
        _length = (long)source.Length * sizeof(long);
    }

    /// <summary>The variants of one thread, in gigabytes per second.</summary>
    /// <param name="scale">The times.</param>
    public IReadOnlyList<ILimitVariant> Variants(BenchmarkScale scale) =>
    [
        Variant("plain copy", scale, () => Copy(Plain)),
        Variant("non-temporal copy", scale, () => Copy(NonTemporalCopy.Copy)),
    ];

    /// <summary>These and the same by two threads.</summary>
    /// <param name="scale">The times.</param>
    /// <param name="threads">Two threads that the variants share.</param>
    public IReadOnlyList<ILimitVariant> Variants(BenchmarkScale scale, ClientThreads threads) =>
    [
        .. Variants(scale),
        Variant("plain copy, 2 threads", scale, () => Copy(Plain, threads)),
        Variant("non-temporal copy, 2 threads", scale, () => Copy(NonTemporalCopy.Copy, threads)),
    ];

    private RateVariant Variant(string name, BenchmarkScale scale, Action body) => new(name, scale, body, _length / BytesPerGigabyte);

    private static void Plain(byte* source, byte* target, long length) => Buffer.MemoryCopy(source, target, length, length);

    private void Copy(CopyBytes copy)
    {
        byte* target = NextTarget();
        fixed (long* source = _source)
        {
            copy((byte*)source, target, _length);
        }
    }

    private void Copy(CopyBytes copy, ClientThreads threads)
    {
        byte* target = NextTarget();
        fixed (long* source = _source)
        {
            byte* from = (byte*)source;
            long part = _length / threads.Count;
            threads.Run(i => copy(from + (i * part), target + (i * part), i == threads.Count - 1 ? _length - (i * part) : part));
        }
    }

    private byte* NextTarget()
    {
        if (_offset + _length > _target.Length)
        {
            _offset = 0;
        }

        byte* target = _target.Start + _offset;
        _offset += _length;
        return target;
    }

    private delegate void CopyBytes(byte* source, byte* target, long length);
}
