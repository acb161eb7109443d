namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>The functions that the lines run remotely.</summary>
internal static class Functions
{
    /// <summary>A small value.</summary>
    public static string SmallValue() => "ok";

    /// <summary>Nothing to do.</summary>
    public static int NoOp() => 0;

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
