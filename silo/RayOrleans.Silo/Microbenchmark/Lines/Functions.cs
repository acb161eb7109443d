namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>The functions that the lines run remotely.</summary>
internal static class Functions
{
    /// <summary>The largest array asked for, of which shorter ones are parts; so nobody needs to know when one is not needed any more.</summary>
    private static long[] _numbers = [];

    /// <summary>A small value.</summary>
    public static string SmallValue() => "ok";

    /// <summary>Nothing to do.</summary>
    public static int NoOp() => 0;

    /// <summary>So many numbers, as an object of their own on the node that runs this.</summary>
    public static ObjectRef<ReadOnlyMemory<long>> PutNumbers(int length) => Ray.Put(Numbers(length));

    /// <summary>So many numbers; the array is made once per process.</summary>
    public static ReadOnlyMemory<long> Numbers(int length)
    {
        long[] numbers = Volatile.Read(ref _numbers);
        if (numbers.Length < length)
        {
            numbers = GC.AllocateUninitializedArray<long>(length);
            for (int i = 0; i < length; i++)
            {
                numbers[i] = i;
            }

            Volatile.Write(ref _numbers, numbers);
        }

        return numbers.AsMemory(0, length);
    }

    /// <summary>The last of some numbers.</summary>
    public static long Last(ReadOnlyMemory<long> numbers) => numbers.Span[^1];

    /// <summary>Many small objects, as one object that holds their references.</summary>
    public static List<ObjectRef<int>> ManyRefs(int count)
    {
        List<ObjectRef<int>> refs = new(count);
        for (int i = 0; i < count; i++)
        {
            refs.Add(Ray.Put(1));
        }

        return refs;
    }

    /// <summary>Calls actors in turn and waits for all results.</summary>
    public static int CallActors(ActorHandle<BenchmarkActor>[] actors, int count)
    {
        ObjectRef<string>[] refs = new ObjectRef<string>[count];
        for (int i = 0; i < count; i++)
        {
            refs[i] = actors[i % actors.Length].Remote(actor => actor.SmallValue());
        }

        return Ray.Get(refs).Count;
    }

    /// <summary>Calls asynchronous actors in turn and waits for all results.</summary>
    public static int CallAsyncActors(ActorHandle<AsyncBenchmarkActor>[] actors, int count)
    {
        ObjectRef<string>[] refs = new ObjectRef<string>[count];
        for (int i = 0; i < count; i++)
        {
            refs[i] = actors[i % actors.Length].Remote(actor => actor.SmallValueAsync());
        }

        return Ray.Get(refs).Count;
    }
}
