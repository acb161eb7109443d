using System.Diagnostics;

namespace Quickstart;

/// <summary>Looks whether a cluster is at rest.</summary>
public static class Idle
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Waits until all CPUs are free and no task runs: results are there a moment before what made them is cleared away.</summary>
    /// <returns>Whether that was so in time.</returns>
    public static async Task<bool> WaitAsync()
    {
        Stopwatch watch = Stopwatch.StartNew();
        while (!await IsIdleAsync())
        {
            if (watch.Elapsed > Patience)
            {
                return false;
            }

            await Task.Delay(20);
        }

        return true;
    }

    private static async Task<bool> IsIdleAsync() =>
        Ray.AvailableResources()["CPU"] == Ray.ClusterResources()["CPU"]
        && (await Ray.State.TasksAsync(t => t.Kind != TaskKind.Driver && t.State == TaskState.Running)).Count == 0;
}
