using System.Diagnostics;
using RayOrleans.Silo.Microbenchmark.Lines;

namespace RayOrleans.Silo.Microbenchmark.Measuring;

/// <summary>
/// Tasks with one input each, run one at a time; every other input is on the other node. Inputs are made anew for each sample, before the
/// clock runs, so none has a second copy. Used by one thread.
/// </summary>
internal sealed class SpreadInputs
{
    private const int Most = 1000;
    private const int Least = 2;

    /// <summary>What the inputs of one sample take together, at most: they fit the stores, pulled copies included.</summary>
    private const long BytesPerSample = 1_000_000_000;

    private readonly LineContext _context;
    private readonly int _length;
    private readonly int _count;

    /// <param name="context">The line's.</param>
    /// <param name="bytes">The size of an input.</param>
    public SpreadInputs(LineContext context, long bytes)
    {
        _context = context;
        long scaled = context.Scale.Bytes(bytes);
        _length = (int)(scaled / sizeof(long));
        _count = context.Scale.Count((int)Math.Min(Most, BytesPerSample / bytes), Least);
    }

    /// <summary>Runs until code is compiled and the memory of the stores has been touched.</summary>
    public void WarmUp()
    {
        for (int i = 0; i < 2; i++)
        {
            Sample();
        }
    }

    /// <summary>One round.</summary>
    /// <returns>The mean time from submitting a task until its result is there, in milliseconds.</returns>
    public double Sample()
    {
        double milliseconds = Run(Make());
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return milliseconds;
    }

    /// <summary>The references to objects of the other node come as values, so nothing here has asked for what they refer to.</summary>
    private ObjectRef<ReadOnlyMemory<long>>[] Make()
    {
        RemoteOptions there = _context.Ray.Options(schedulingStrategy: OtherNodeLines.OnlyThere(_context));
        ObjectRef<ReadOnlyMemory<long>>[] inputs = new ObjectRef<ReadOnlyMemory<long>>[_count];
        for (int i = 0; i < inputs.Length; i++)
        {
            inputs[i] = i % 2 == 0
                ? _context.Ray.Put(Functions.Numbers(_length))
                : _context.Ray.Get(there.Remote(Functions.PutNumbers, _length));
        }

        return inputs;
    }

    private double Run(ObjectRef<ReadOnlyMemory<long>>[] inputs)
    {
        TimeSpan total = TimeSpan.Zero;
        foreach (ObjectRef<ReadOnlyMemory<long>> input in inputs)
        {
            long start = Stopwatch.GetTimestamp();
            using ObjectRef<long> last = _context.Ray.Remote(Functions.Last, input);
            Expect.Equal(_length - 1, _context.Ray.Get(last));
            total += Stopwatch.GetElapsedTime(start);
            input.Dispose();
        }

        return total.TotalMilliseconds / inputs.Length;
    }
}
