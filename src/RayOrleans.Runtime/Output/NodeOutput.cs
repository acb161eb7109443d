using System.Collections.Concurrent;
using RayOrleans.Core;

namespace RayOrleans.Runtime.Output;

/// <summary>
/// The way of the lines that worker processes write, to the drivers whose work they are: of this node's jobs to the driver, of others' to the driver's node. Loses lines rather
/// than holding anybody up, and counts them. Thread-safe.
/// </summary>
internal sealed class NodeOutput : IDisposable
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(200);

    private readonly NodeServices _node;
    private readonly ConcurrentDictionary<JobId, OutputSink> _sinks = new();
    private readonly ConcurrentDictionary<NodeId, OutputRelay> _relays = new();
    private readonly Lock _lock = new();
    private Timer? _timer;
    private bool _isStopped;
    private int _isFlushing;

    public NodeOutput(NodeServices node) => _node = node;

    /// <summary>How much a driver is shown, and how much of a process' lines leaves its node.</summary>
    public static OutputOptions Limits { get; } = new() { RepeatTicks = Clock.FromMilliseconds(5_000), SecondTicks = Clock.FromMilliseconds(1_000) };

    /// <summary>A job's driver is shown its lines from now on.</summary>
    /// <param name="job">The job.</param>
    /// <param name="show">Takes lines, and says how many it could take. Does not block.</param>
    public void Attach(JobId job, Func<IReadOnlyList<OutputText>, int> show)
    {
        _sinks[job] = new OutputSink(Limits, NameOf, show);
        lock (_lock)
        {
            if (!_isStopped)
            {
                _timer ??= new Timer(static o => ((NodeOutput)o!).Tick(), this, Period, Period);
            }
        }
    }

    /// <summary>Shows what is left of a job, whose driver leaves.</summary>
    public void Detach(JobId job)
    {
        if (_sinks.TryRemove(job, out OutputSink? sink))
        {
            sink.Flush(Clock.Now, all: true);
        }
    }

    /// <summary>A line of a process of this node's.</summary>
    /// <param name="job">Whose work it is.</param>
    /// <param name="driver">The node of the job's driver.</param>
    /// <param name="line">The line.</param>
    public void Take(JobId job, NodeId driver, in OutputLine line)
    {
        if (RelayTo(driver) is { } relay)
        {
            relay.Add(job, line);
        }
        else if (_sinks.TryGetValue(job, out OutputSink? sink))
        {
            sink.Take([line], 0, Clock.Now);
        }
    }

    /// <summary>Lines of a process of this node's that are only in its log.</summary>
    public void Drop(JobId job, NodeId driver, long count)
    {
        if (RelayTo(driver) is { } relay)
        {
            relay.Drop(job, count);
        }
        else if (_sinks.TryGetValue(job, out OutputSink? sink))
        {
            sink.Take([], count, Clock.Now);
        }
    }

    /// <summary>Another node's lines for drivers of this one.</summary>
    public void OnRequest(ReadOnlyMemory<byte> request)
    {
        (List<(JobId Job, OutputLine Line)> lines, Dictionary<JobId, long> dropped) = OutputWire.Read(request);
        long now = Clock.Now;
        foreach (IGrouping<JobId, (JobId Job, OutputLine Line)> ofJob in lines.GroupBy(l => l.Job))
        {
            if (_sinks.TryGetValue(ofJob.Key, out OutputSink? sink))
            {
                sink.Take([.. ofJob.Select(l => l.Line)], 0, now);
            }
        }

        foreach ((JobId job, long count) in dropped)
        {
            if (_sinks.TryGetValue(job, out OutputSink? sink))
            {
                sink.Take([], count, now);
            }
        }
    }

    /// <summary>A node has gone.</summary>
    public void Forget(NodeId node) => _relays.TryRemove(node, out _);

    public void Dispose()
    {
        lock (_lock)
        {
            _isStopped = true;
            _timer?.Dispose();
        }

        foreach (JobId job in _sinks.Keys)
        {
            Detach(job);
        }
    }

    private OutputRelay? RelayTo(NodeId driver) => driver == NodeId.None || driver == _node.NodeId || _node.Cluster is not { } cluster
        ? null
        : _relays.GetOrAdd(driver, static (id, s) => new OutputRelay(s.Self, id, s.Transport), (Self: _node.NodeId, cluster.Transport));

    private string NameOf(NodeId node) => _node.Cluster?.Members.FirstOrDefault(m => m.NodeId == node)?.Name ?? node.ToString()[..8];

    private void Tick()
    {
        if (Interlocked.Exchange(ref _isFlushing, 1) != 0)
        {
            return;
        }

        long now = Clock.Now;
        foreach (OutputSink sink in _sinks.Values)
        {
            sink.Flush(now, all: false);
        }

        Volatile.Write(ref _isFlushing, 0);
    }
}
