namespace RayOrleans.Core;

/// <summary>
/// Which worker process a node stops when its memory runs out: of those whose work may run again the largest, and only one at a time. Has no clock and reads nothing;
/// not thread-safe.
/// </summary>
/// <param name="threshold">The part of the limit above which something is done.</param>
/// <param name="grace">How long a stopped process has to give its memory back before another one is stopped, in the caller's ticks.</param>
public sealed class MemoryPolicy(double threshold, long grace)
{
    /// <summary>A process with less than this part of the limit is not worth stopping: what fills the memory is something else.</summary>
    private const int LeastPart = 100;

    /// <summary>One whose work may run again is preferred as long as it has at least this part of what the largest one has: else stopping it only puts off what must come.</summary>
    private const int PreferredPart = 10;

    private (long At, long UsedBytes, long PrivateBytes)? _stopped;

    /// <summary>Whether so much is used that a process may have to be stopped.</summary>
    public bool IsAbove(long usedBytes, long limitBytes) => usedBytes > threshold * limitBytes;

    /// <summary>Less is used than the threshold: what was stopped has done its service.</summary>
    public void OnBelow() => _stopped = null;

    /// <summary>Decides, with more in use than the threshold.</summary>
    /// <param name="usedBytes">Memory in use.</param>
    /// <param name="limitBytes">The limit.</param>
    /// <param name="workers">The worker processes that have not been ended.</param>
    /// <param name="now">The time.</param>
    /// <returns>The one to stop; null: none, now or at all.</returns>
    public MemoryChoice? Choose(long usedBytes, long limitBytes, IReadOnlyList<WorkerMemory> workers, long now)
    {
        if (IsAwaited(usedBytes, now) || Largest(workers, limitBytes / LeastPart) is not { } largest)
        {
            return null;
        }

        WorkerMemory chosen = Largest([.. workers.Where(static w => w.Work.MayRunAgain)], Math.Max(limitBytes / LeastPart, largest.PrivateBytes / PreferredPart)) ?? largest;
        _stopped = (now, usedBytes, chosen.PrivateBytes);
        return new MemoryChoice(chosen, chosen.Work.Callers is [var caller] && workers.Any(w => w != chosen && w.Work.Callers.Contains(caller)));
    }

    /// <summary>Whether a process was stopped that has given too little back so far, and still may.</summary>
    public bool IsAwaited(long usedBytes, long now) =>
        _stopped is { } stopped && usedBytes > stopped.UsedBytes - (stopped.PrivateBytes / 2) && now - stopped.At < grace;

    /// <summary>Of several of one size the newest, which has done least.</summary>
    private static WorkerMemory? Largest(IReadOnlyList<WorkerMemory> workers, long least)
    {
        WorkerMemory? largest = null;
        foreach (WorkerMemory worker in workers)
        {
            if (worker.PrivateBytes >= least && (largest is null || (worker.PrivateBytes, worker.StartedAt).CompareTo((largest.PrivateBytes, largest.StartedAt)) > 0))
            {
                largest = worker;
            }
        }

        return largest;
    }
}
