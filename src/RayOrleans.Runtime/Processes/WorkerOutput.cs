using RayOrleans.Core;
using RayOrleans.Runtime.Output;

namespace RayOrleans.Runtime.Processes;

/// <summary>What a worker process writes: all of it goes to the node's log files, and to the job's driver as much as a driver can be shown. Each stream has one thread.</summary>
internal sealed class WorkerOutput(NodeServices node)
{
    /// <summary>Longer lines are cut for the driver; the log has them whole.</summary>
    private const int MaxShown = 4_096;

    private readonly WorkerLog _out = new(node.Logs, "out");
    private readonly WorkerLog _err = new(node.Logs, "err");
    private readonly Lock _lock = new();
    private readonly OutputLimit _limit = new(NodeOutput.Limits);
    private volatile JobRecord? _job;

    /// <summary>The process.</summary>
    public int ProcessId { get; set; }

    /// <summary>It works for a job from now on.</summary>
    public void Bind(JobRecord job) => _job = job;

    /// <summary>A line of one of its streams.</summary>
    public void Write(bool isError, string? function, string text)
    {
        JobRecord? job = _job;
        (isError ? _err : _out).Write(job?.Id, ProcessId, function, text);
        if (job is null)
        {
            return;
        }

        bool mayPass;
        lock (_lock)
        {
            mayPass = _limit.TryTake(Clock.Now);
        }

        if (mayPass)
        {
            string shown = text.Length <= MaxShown ? text : $"{text.AsSpan(0, MaxShown)}... ({text.Length - MaxShown} more characters are in the node's log)";
            node.Output.Take(job.Id, job.Driver, new OutputLine(node.NodeId, ProcessId, function, isError, shown));
        }
        else
        {
            node.Output.Drop(job.Id, job.Driver, 1);
        }
    }

    /// <summary>A stream has ended.</summary>
    public void End(bool isError) => (isError ? _err : _out).Dispose();
}
