namespace RayOrleans.Processes.TestSilo.Work;

/// <summary>The functions of the workload. Each is a function of its arguments, so every answer is known beforehand.</summary>
internal static class Functions
{
    public const int TreeWidth = 3;

    private static RemoteOptions Anywhere { get; } = Ray.Options(schedulingStrategy: SchedulingStrategy.Spread);

    public static long Leaf(int n, int milliseconds)
    {
        Work(milliseconds);
        return (n * 31L) + 7;
    }

    /// <summary>A tree of tasks, each of which waits for its children.</summary>
    public static long Tree(int n, int depth, int milliseconds)
    {
        if (depth == 0)
        {
            return Leaf(n, milliseconds);
        }

        List<ObjectRef<long>> children = [.. Enumerable.Range(0, TreeWidth).Select(k => k == 1
            ? Anywhere.Remote(Tree, (n * TreeWidth) + k, depth - 1, milliseconds)
            : Ray.Remote(Tree, (n * TreeWidth) + k, depth - 1, milliseconds))];
        return Ray.Get(children).Sum();
    }

    public static long TreeAnswer(int n, int depth) =>
        depth == 0 ? (n * 31L) + 7 : Enumerable.Range(0, TreeWidth).Sum(k => TreeAnswer((n * TreeWidth) + k, depth - 1));

    public static async Task<long> AsyncSum(int n, int milliseconds)
    {
        ObjectRef<long> one = Ray.Remote(Leaf, n, milliseconds);
        ObjectRef<long> other = Anywhere.Remote(Leaf, n + 1, milliseconds);
        return await one + await other;
    }

    /// <summary>References inside a value that is returned.</summary>
    public static List<ObjectRef<long>> Branches(int n, int milliseconds) =>
        [.. Enumerable.Range(0, 4).Select(k => k % 2 == 0 ? Ray.Remote(Leaf, n + k, milliseconds) : Anywhere.Remote(Leaf, n + k, milliseconds))];

    /// <summary>References inside a value that is passed.</summary>
    public static long SumOf(List<ObjectRef<long>> references) => Ray.Get(references).Sum();

    public static long BranchesAnswer(int n) => Enumerable.Range(0, 4).Sum(k => ((n + k) * 31L) + 7);

    public static long[] Large(int n, int length)
    {
        long[] values = new long[length];
        for (int i = 0; i < length; i++)
        {
            values[i] = n + i;
        }

        return values;
    }

    public static long Digest(long[] values) => values.Length + values[0] + values[^1] + values[values.Length / 2];

    public static long LargeAnswer(int n, int length) => length + n + (n + length - 1L) + (n + (length / 2));

    public static long Add(long before, int n) => (before * 3) + n;

    /// <summary>Objects that a task puts, large and small, for its children.</summary>
    public static long PutsForChildren(int n, int milliseconds)
    {
        using ObjectRef<long[]> large = Ray.Put(Large(n, 30_000));
        using ObjectRef<long> small = Ray.Put((long)n);
        ObjectRef<long> digest = Anywhere.Remote(Digest, large);
        ObjectRef<long> sum = Anywhere.Remote(Add, small, milliseconds);
        return Ray.Get(digest) + Ray.Get(sum);
    }

    public static long PutsAnswer(int n, int milliseconds) => LargeAnswer(n, 30_000) + (n * 3L) + milliseconds;

    /// <summary>An actor that is made, used and dropped by a task.</summary>
    public static long WithOwnActor(int n)
    {
        ActorHandle<Adder> adder = Ray.Options(maxRestarts: 5, maxTaskRetries: 5, schedulingStrategy: SchedulingStrategy.Spread).Actor(() => new Adder(n));
        return Ray.Get(adder.Remote((a, x) => a.Add(x), 5)) + Ray.Get(adder.Remote((a, x) => a.Add(x), 6));
    }

    /// <summary>An actor of somebody else's, used by a task.</summary>
    public static long CallAdder(ActorHandle<Adder> adder, int n) => Ray.Get(adder.Remote((a, x) => a.Add(x), n));

    private static void Work(int milliseconds) => Ray.Context.CancellationToken.WaitHandle.WaitOne(milliseconds);
}
