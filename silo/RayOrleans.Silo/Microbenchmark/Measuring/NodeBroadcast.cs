using System.Diagnostics;
using RayOrleans.Silo.Microbenchmark.Lines;

namespace RayOrleans.Silo.Microbenchmark.Measuring;

/// <summary>
/// An object that was put here is read by a task on each of eight other nodes at once; each time another object. Timed from the first submission
/// until the last node has read it; the figure counts the bytes of all copies made. Used by one thread.
/// </summary>
internal sealed class NodeBroadcast
{
    /// <summary>Nodes that read.</summary>
    public const int Readers = 8;

    /// <summary>Room for the object, and for the one before it while that is being deleted. Nine such stores have to fit into memory together.</summary>
    public const long StoreBytes = 2_200_000_000;

    private const double BytesPerGigabyte = 1e9;

    /// <summary>After so many the pages of all stores that the later ones get have been touched.</summary>
    private const int WarmUpRuns = 2;

    private readonly LineContext _context;
    private readonly int _length;
    private readonly NodeId[] _nodes;

    public NodeBroadcast(LineContext context)
    {
        _context = context;
        _length = (int)(context.Scale.Bytes(BenchmarkScale.PullBytes) / sizeof(long));
        _nodes = [.. context.Ray.Nodes().Select(node => node.NodeId).Where(id => id != context.Ray.Context.NodeId)];
        Expect.Equal(Readers, _nodes.Length);
    }

    /// <summary>Broadcasts until memory has been touched.</summary>
    public void WarmUp()
    {
        for (int i = 0; i < WarmUpRuns; i++)
        {
            Sample();
        }
    }

    /// <summary>Broadcasts once.</summary>
    /// <returns>Gigabytes per second, of all copies together.</returns>
    public double Sample()
    {
        double seconds = Broadcast();
        FreeStores.Wait(_context.Ray);
        return (double)_length * sizeof(long) * Readers / BytesPerGigabyte / seconds;
    }

    private double Broadcast()
    {
        using ObjectRef<ReadOnlyMemory<long>> put = _context.Ray.Put(Functions.Numbers(_length));
        long start = Stopwatch.GetTimestamp();
        ObjectRef<long>[] read = [.. _nodes.Select(node => _context.Ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(node)).Remote(Functions.Last, put))];
        IReadOnlyList<long> last = _context.Ray.Get(read);
        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Array.ForEach(read, static reference => reference.Dispose());
        Expect.Equal(Readers, last.Count(value => value == _length - 1));
        return seconds;
    }
}
