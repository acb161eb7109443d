namespace RayOrleans.Silo.Chaos.Workloads;

/// <summary>Tasks that submit tasks and wait for them, some by blocking and some by awaiting.</summary>
internal sealed class NestedTree(int seed) : IWorkload
{
    private const int Trees = 6;
    private const int Width = 3;
    private const int Depth = 3;

    public string Name => "nested trees";

    private static RemoteOptions Anywhere { get; } = Ray.Options(schedulingStrategy: SchedulingStrategy.Spread);

    public int RunRound(IRay ray, int round)
    {
        Random random = new(HashCode.Combine(seed, round));
        int[] roots = [.. Enumerable.Range(0, Trees).Select(_ => random.Next(1000))];
        ObjectRef<long>[] trees = [.. roots.Select((n, i) => i % 2 == 0 ? ray.Remote(Blocking, n, Depth) : ray.Remote(Awaiting, n, Depth))];
        for (int i = 0; i < Trees; i++)
        {
            WrongAnswerException.Check($"tree {i} in round {round}", Answer(roots[i], Depth), ray.Get(trees[i]));
        }

        return Trees;
    }

    private static long Blocking(int n, int depth) => depth == 0 ? Leaf(n) : Ray.Get([.. Children(n, depth)]).Sum();

    private static async Task<long> Awaiting(int n, int depth)
    {
        if (depth == 0)
        {
            return Leaf(n);
        }

        long sum = 0;
        foreach (ObjectRef<long> child in Children(n, depth).ToArray())
        {
            sum += await child;
        }

        return sum;
    }

    private static IEnumerable<ObjectRef<long>> Children(int n, int depth) => Enumerable.Range(0, Width).Select(k =>
        k == 1 ? Anywhere.Remote(Blocking, (n * Width) + k, depth - 1) : Ray.Remote(Awaiting, (n * Width) + k, depth - 1));

    private static long Leaf(int n)
    {
        // As long as a small task takes.
        Ray.Context.CancellationToken.WaitHandle.WaitOne(n % 5);
        return (n * 31L) + 7;
    }

    private static long Answer(int n, int depth) => depth == 0 ? (n * 31L) + 7 : Enumerable.Range(0, Width).Sum(k => Answer((n * Width) + k, depth - 1));
}
