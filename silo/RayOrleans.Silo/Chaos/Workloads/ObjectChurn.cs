namespace RayOrleans.Silo.Chaos.Workloads;

/// <summary>Objects of all sizes come and go: put by the driver, made by tasks, read here and elsewhere, inside other objects, dropped unread.</summary>
internal sealed class ObjectChurn(int seed) : IWorkload
{
    private const int Objects = 40;
    private const int LargestBytes = 2_000_000;

    public string Name => "object churn";

    public int RunRound(IRay ray, int round)
    {
        RemoteOptions spread = ray.Options(schedulingStrategy: SchedulingStrategy.Spread);
        Random random = new(HashCode.Combine(seed, round));
        int checkedObjects = 0;
        List<(ObjectRef<long> Sum, long Expected)> sums = [];
        for (int i = 0; i < Objects; i++)
        {
            // As many small as large ones.
            int length = (int)Math.Exp(random.NextDouble() * Math.Log(LargestBytes));
            int first = random.Next(256);
            long expected = SumOf(first, length);
            switch (random.Next(5))
            {
                case 0:
                    sums.Add((spread.Remote(Sum, ray.Put(Bytes(first, length))), expected));
                    break;
                case 1:
                    using (ObjectRef<byte[]> made = spread.Remote(Bytes, first, length))
                    {
                        WrongAnswerException.Check($"object {i} of round {round}", expected, Sum(ray.Get(made)));
                        checkedObjects++;
                    }

                    break;
                case 2:
                    sums.Add((spread.Remote(SumInner, spread.Remote(MakeInner, first, length)), expected));
                    break;
                case 3:
                    ObjectRef<byte[]> shared = spread.Remote(Bytes, first, length);
                    sums.Add((spread.Remote(Sum, shared), expected));
                    sums.Add((ray.Remote(Sum, shared), expected));
                    break;
                default:
                    spread.Remote(Bytes, first, length).Dispose();
                    break;
            }
        }

        foreach ((ObjectRef<long> sum, long expected) in sums)
        {
            WrongAnswerException.Check($"sum in round {round}", expected, ray.Get(sum));
        }

        return checkedObjects + sums.Count;
    }

    private static byte[] Bytes(int first, int length)
    {
        byte[] bytes = new byte[length];
        for (int i = 0; i < length; i++)
        {
            bytes[i] = (byte)(first + i);
        }

        return bytes;
    }

    private static long Sum(byte[] bytes)
    {
        long sum = 0;
        foreach (byte value in bytes)
        {
            sum += value;
        }

        return sum;
    }

    private static List<ObjectRef<byte[]>> MakeInner(int first, int length) => [Ray.Remote(Bytes, first, length)];

    private static long SumInner(List<ObjectRef<byte[]>> inner) => Sum(Ray.Get(inner[0]));

    private static long SumOf(int first, int length)
    {
        long sum = 0;
        for (int i = 0; i < length; i++)
        {
            sum += (byte)(first + i);
        }

        return sum;
    }
}
