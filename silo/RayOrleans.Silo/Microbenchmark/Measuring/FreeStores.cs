using System.Diagnostics;

namespace RayOrleans.Silo.Microbenchmark.Measuring;

/// <summary>
/// Waits between samples until every node's store is empty. Values that were read in place keep their blocks until their last reader is collected, and
/// for a while after that, and a store that still holds one gives the next object other memory: with memory that nobody has touched yet the sample would tell of page faults.
/// </summary>
internal static class FreeStores
{
    /// <summary>For so long a store may hold an object whose last reference is gone.</summary>
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(20);

    /// <exception cref="InvalidOperationException">A store held something for too long.</exception>
    public static void Wait(IRay ray)
    {
        long start = Stopwatch.GetTimestamp();
        while (true)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            NodeInfo[] holding = [.. ray.Nodes().Where(node => node.ObjectStore is { Objects: > 0 } || node.ObjectStoreUsedBytes > 0)];
            if (holding.Length == 0)
            {
                return;
            }

            if (Stopwatch.GetElapsedTime(start) > Within)
            {
                throw new InvalidOperationException(
                    $"{Within.TotalSeconds} s after the last reference to an object went, {holding.Length} nodes still hold something, {holding[0].NodeId} {holding[0].ObjectStoreUsedBytes} bytes.");
            }

            Thread.Sleep(LookAgain);
        }
    }
}
