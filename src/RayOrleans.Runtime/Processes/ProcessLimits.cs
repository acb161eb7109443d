namespace RayOrleans.Runtime.Processes;

/// <summary>What worker processes cannot do yet says so where it is asked for.</summary>
internal static class ProcessLimits
{
    public static NotSupportedException Of(string what) => new(
        $"Code in a worker process cannot use {what} yet. Leave the task's isolation at InSilo, or do it in the driver and pass the result.");
}
