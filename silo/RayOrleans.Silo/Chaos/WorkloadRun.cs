using System.Diagnostics;
using RayOrleans.Silo.Chaos.Workloads;

namespace RayOrleans.Silo.Chaos;

/// <summary>Runs a workload, round after round, on a thread of its own, until told to stop or something is wrong.</summary>
internal sealed class WorkloadRun
{
    private readonly IWorkload _workload;
    private readonly IRay _ray;
    private readonly Thread _thread;
    private volatile bool _stop;
    private long _lastRound = Stopwatch.GetTimestamp();
    private long _longest;

    public WorkloadRun(IWorkload workload, IRay ray)
    {
        _workload = workload;
        _ray = ray;
        _thread = new Thread(Run) { IsBackground = true, Name = $"chaos {workload.Name}" };
        _thread.Start();
    }

    public string Name => _workload.Name;

    /// <summary>Rounds finished.</summary>
    public int Rounds { get; private set; }

    /// <summary>Answers checked, all right.</summary>
    public long Answers { get; private set; }

    /// <summary>What went wrong; null: nothing.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>Whether it has ended.</summary>
    public bool HasEnded => !_thread.IsAlive;

    /// <summary>The time since the last round was finished.</summary>
    public TimeSpan SinceLastRound => Stopwatch.GetElapsedTime(Interlocked.Read(ref _lastRound));

    /// <summary>The longest time a round took.</summary>
    public TimeSpan LongestRound => TimeSpan.FromTicks(Interlocked.Read(ref _longest));

    /// <summary>Lets it finish its round and no other.</summary>
    public void Stop() => _stop = true;

    private void Run()
    {
        try
        {
            while (!_stop)
            {
                Answers += _workload.RunRound(_ray, Rounds);
                Interlocked.Exchange(ref _longest, Math.Max(_longest, SinceLastRound.Ticks));
                Interlocked.Exchange(ref _lastRound, Stopwatch.GetTimestamp());
                Rounds++;
            }
        }
        catch (Exception e)
        {
            // Whatever an answer failed with: nothing that the faults do may fail one.
            Failure = e;
        }
    }
}
