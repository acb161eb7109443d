namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>An actor that calls other actors and waits for all results: a client of its own.</summary>
/// <param name="servers">Whom it calls.</param>
internal sealed class ClientActor(ActorHandle<BenchmarkActor>[] servers)
{
    /// <summary>Calls every server so many times.</summary>
    public int Batch(int calls)
    {
        ObjectRef<string>[] refs = new ObjectRef<string>[servers.Length * calls];
        int next = 0;
        foreach (ActorHandle<BenchmarkActor> server in servers)
        {
            for (int i = 0; i < calls; i++)
            {
                refs[next++] = server.Remote(actor => actor.SmallValue());
            }
        }

        return Ray.Get(refs).Count;
    }

    /// <summary>Calls every server so many times with an object as the argument.</summary>
    public int BatchWithArgument(int calls)
    {
        ObjectRef<int> argument = Ray.Put(0);
        ObjectRef<string>[] refs = new ObjectRef<string>[servers.Length * calls];
        int next = 0;
        foreach (ActorHandle<BenchmarkActor> server in servers)
        {
            for (int i = 0; i < calls; i++)
            {
                refs[next++] = server.Remote((actor, x) => actor.SmallValueFor(x), argument);
            }
        }

        return Ray.Get(refs).Count;
    }
}
