namespace RayOrleans.Runtime.Tests;

/// <summary>Small nodes for tests.</summary>
internal static class TestNode
{
    public static Task<IRay> StartAsync(double cpus = 2, Action<RayOptions>? configure = null) => Ray.InitAsync(o =>
    {
        o.CpusPerNode = cpus;
        o.ObjectStoreBytes = 64L << 20;
        configure?.Invoke(o);
    });

    /// <summary>Free CPUs as the scheduler counts them; negative while woken attempts resume.</summary>
    public static double FreeCpu(this IRay ray) => ray.Services().Gate.Do(engine => Core.ResourceAmount.ToDouble(engine.Resources.FreeCpu));
}
