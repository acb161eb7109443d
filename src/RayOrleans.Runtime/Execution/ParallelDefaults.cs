using System.Reflection;

namespace RayOrleans.Runtime;

/// <summary>
/// Loops of <c>Parallel</c> without options of their own run by default options that name the .NET pool, wherever they are called.
/// Here those options get a <see cref="UserScheduler"/>: attempts' loops then run on their node's side threads, everybody else's on the pool as before.
/// The options are an object private to .NET, found by reflection; where it is not found, loops stay on the pool and <see cref="PoolWatchdog"/> adds threads.
/// </summary>
internal static class ParallelDefaults
{
    /// <summary>The switch (<see cref="AppContext.SetSwitch"/>, or <c>runtimeconfig.json</c>) that leaves .NET's default as it is.</summary>
    public const string OffSwitch = "RayOrleans.ParallelOnThreadPool";

    private static readonly Lazy<bool> Replaced = new(Replace);

    /// <summary>Whether loops of attempts run on side threads. The first call sees to it, for the process.</summary>
    public static bool TryReplace() => Replaced.Value;

    private static bool Replace()
    {
        if (AppContext.TryGetSwitch(OffSwitch, out bool off) && off)
        {
            return false;
        }

        FieldInfo? field = typeof(Parallel).GetField("s_defaultParallelOptions", BindingFlags.Static | BindingFlags.NonPublic);
        if (field?.GetValue(null) is not ParallelOptions options)
        {
            return false;
        }

        options.TaskScheduler = new UserScheduler(null);
        return true;
    }
}
