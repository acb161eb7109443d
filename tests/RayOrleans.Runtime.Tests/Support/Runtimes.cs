using System.Collections.Concurrent;

namespace RayOrleans.Runtime.Tests;

/// <summary>Runtimes by number, for tasks that use another one than their own.</summary>
internal static class Runtimes
{
    private static readonly ConcurrentDictionary<int, IRay> Known = new();
    private static int s_last;

    public static int Add(IRay ray)
    {
        int number = Interlocked.Increment(ref s_last);
        Known[number] = ray;
        return number;
    }

    public static IRay Of(int number) => Known[number];
}
