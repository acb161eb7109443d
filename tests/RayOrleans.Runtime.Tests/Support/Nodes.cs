namespace RayOrleans.Runtime.Tests;

/// <summary>Starts small nodes, and looks behind their façade.</summary>
internal static class Nodes
{
    private const long SmallStore = 64L << 20;

    /// <summary>A node with so many CPUs and a small store.</summary>
    public static Task<IRay> StartAsync(double cpus = 2, Action<RayOptions>? configure = null) => Ray.InitAsync(options =>
    {
        options.CpusPerNode = cpus;
        options.ObjectStoreBytes = SmallStore;
        options.ObjectStoreFullTimeout = Patience.Limit;
        configure?.Invoke(options);
    });

    public static NodeServices Services(this IRay ray) => ((RayScope)ray).Node;

    /// <summary>Entries that somebody holds or that are not finished.</summary>
    public static int LiveObjects(this IRay ray) => ray.Services().Gate.Do(engine => engine.LiveObjects);

    public static long LiveBytes(this IRay ray) => ray.Services().Gate.Do(engine => engine.LiveBytes);

    public static double FreeCpus(this IRay ray) => ray.Services().Gate.Do(engine => Core.ResourceAmount.ToDouble(engine.Resources.FreeCpu));

    /// <summary>Waits until nothing is left: no object, no byte in the store, every CPU free.</summary>
    public static Task AssertNothingIsLeftAsync(this IRay ray) => ray.AssertLeftAsync(0);

    /// <summary>Waits until exactly so many objects are left.</summary>
    public static async Task AssertLeftAsync(this IRay ray, int objects)
    {
        // On a stack of its own: the caller's may still hold what it has used.
        await Task.Yield();
        await Patience.OnThread(
            () => Patience.Until(
                () =>
                {
                    Collect();
                    ray.Services().Releases.Drain();
                    return ray.LiveObjects() == objects && (objects > 0 || (ray.LiveBytes() == 0 && ray.StoredBytes() == 0));
                },
                () => $"{objects} objects were left; {ray.LiveObjects()} are, with {ray.LiveBytes()} bytes and {ray.StoredBytes()} in the store"),
            $"{objects} objects to be left");
        double all = ray.ClusterResources()["CPU"];
        if (objects == 0)
        {
            Patience.Until(() => ray.FreeCpus() == all, $"all {all} CPUs were free");
        }
    }

    /// <summary>Bytes of the store in use; what only rests before it is used again does not count.</summary>
    public static long StoredBytes(this IRay ray)
    {
        ObjectStore.StoreTotals totals = ray.Services().Store.GetTotals();
        return totals.UsedBytes - totals.QuarantinedBytes;
    }

    public static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
