using Orleans.Runtime;

namespace RayOrleans.Grains;

/// <summary>References to nodes' local schedulers.</summary>
public static class LocalSchedulerGrainExtensions
{
    /// <summary>The local scheduler of the node on a silo. The reference is made without asking the cluster; its first call finds out whether the silo is there.</summary>
    /// <param name="factory">A client's or a silo's grain factory.</param>
    /// <param name="silo">The silo, as <c>IManagementGrain.GetHosts</c> or <c>ILocalSiloDetails.SiloAddress</c> gives it.</param>
    public static ILocalSchedulerGrain GetLocalScheduler(this IGrainFactory factory, SiloAddress silo)
    {
        ArgumentNullException.ThrowIfNull(factory);
        ArgumentNullException.ThrowIfNull(silo);
        return factory.GetGrain<ILocalSchedulerGrain>(silo.ToParsableString());
    }
}
