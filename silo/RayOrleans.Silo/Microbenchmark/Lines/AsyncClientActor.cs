namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>An actor that calls asynchronous actors and waits for all results.</summary>
/// <param name="servers">Whom it calls.</param>
internal sealed class AsyncClientActor(ActorHandle<AsyncBenchmarkActor>[] servers)
{
    /// <summary>Calls every server so many times.</summary>
    public int Batch(int calls)
    {
        ObjectRef<string>[] refs = new ObjectRef<string>[servers.Length * calls];
        int next = 0;
        foreach (ActorHandle<AsyncBenchmarkActor> server in servers)
        {
            for (int i = 0; i < calls; i++)
            {
                refs[next++] = server.Remote(actor => actor.SmallValueAsync());
            }
        }

        return Ray.Get(refs).Count;
    }
}
