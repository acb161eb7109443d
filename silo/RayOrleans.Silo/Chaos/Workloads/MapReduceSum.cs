namespace RayOrleans.Silo.Chaos.Workloads;

/// <summary>Arrays of all sizes are made on all nodes, mapped, and summed up by a tree of tasks.</summary>
internal sealed class MapReduceSum(int seed) : IWorkload
{
    private const int Maps = 24;
    private const int Fan = 4;
    private const int LargestLength = 60_000;

    public string Name => "map-reduce sum";

    public int RunRound(IRay ray, int round)
    {
        RemoteOptions spread = ray.Options(schedulingStrategy: SchedulingStrategy.Spread);
        Random random = new(HashCode.Combine(seed, round));
        long expected = 0;
        List<ObjectRef<long>> sums = [];
        for (int i = 0; i < Maps; i++)
        {
            int first = random.Next(1000);
            int length = random.Next(1, LargestLength);
            expected += SumOfSquares(first, length);
            ObjectRef<long[]> numbers = spread.Remote(Range, first, length);
            ObjectRef<long[]> squares = ray.Remote(Squares, numbers);
            sums.Add(spread.Remote(Sum, squares));
        }

        while (sums.Count > 1)
        {
            sums = [.. sums.Chunk(Fan).Select(part => ray.Remote(SumOf, part.ToList()))];
        }

        WrongAnswerException.Check($"sum of squares in round {round}", expected, ray.Get(sums[0]));
        return 1;
    }

    private static long[] Range(int first, int length)
    {
        long[] numbers = new long[length];
        for (int i = 0; i < length; i++)
        {
            numbers[i] = first + i;
        }

        return numbers;
    }

    private static long[] Squares(long[] numbers) => Array.ConvertAll(numbers, n => n * n);

    private static long Sum(long[] numbers) => numbers.Sum();

    private static long SumOf(List<ObjectRef<long>> parts) => Ray.Get(parts).Sum();

    private static long SumOfSquares(long first, long length)
    {
        long end = first + length - 1;
        return UpTo(end) - UpTo(first - 1);

        static long UpTo(long n) => n < 0 ? 0 : n * (n + 1) * ((2 * n) + 1) / 6;
    }
}
