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

    /// <summary>Waits until nothing is left: no object, no byte in the store, every CPU free. References must have been dropped by a caller's caller.</summary>
    public static void AssertNothingIsLeft(this IRay ray) => ray.AssertLeft(0);

    /// <summary>Waits until exactly so many objects are left.</summary>
    public static void AssertLeft(this IRay ray, int objects)
    {
        Patience.Until(
            () =>
            {
                Collect();
                ray.Services().Releases.Drain();
                return ray.LiveObjects() == objects && (objects > 0 || (ray.LiveBytes() == 0 && ray.Services().Store.UsedBytes == 0));
            },
            $"{objects} objects were left; {ray.LiveObjects()} are, with {ray.LiveBytes()} bytes and {ray.Services().Store.UsedBytes} in the store");
        double all = ray.ClusterResources()["CPU"];
        if (objects == 0)
        {
            Patience.Until(() => ray.FreeCpus() == all, $"all {all} CPUs were free");
        }
    }

    public static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
