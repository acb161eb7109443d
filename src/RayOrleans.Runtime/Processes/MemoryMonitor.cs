using RayOrleans.Core;
using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime.Processes;

/// <summary>
/// Looks at the node's memory, and stops a worker process before the kernel stops the silo. Measures outside of the engine's lock; <see cref="MemoryPolicy"/> decides under
/// it, in one step with the end of the session. One thread calls it.
/// </summary>
internal sealed class MemoryMonitor
{
    /// <summary>The kernel takes some time to clear away a large process.</summary>
    private static readonly long Grace = Clock.FromMilliseconds(2_000);

    private readonly NodeServices _node;
    private readonly WorkerProcesses _workers;
    private readonly IMemoryMeter _meter;
    private readonly MemoryPolicy _policy;
    private readonly long _interval;
    private long _lastLook;
    private long _usedBytes;
    private long _limitBytes;
    private long _stopped;
    private bool _hasSaidThatNoneHelps;

    private MemoryMonitor(NodeServices node, WorkerProcesses workers, IMemoryMeter meter)
    {
        _node = node;
        _workers = workers;
        _meter = meter;
        _policy = new MemoryPolicy(node.Options.MemoryUsageThreshold, Grace);
        _interval = Clock.FromMilliseconds(node.Options.MemoryMonitorInterval.TotalMilliseconds);
    }

    /// <summary>How many processes it has stopped.</summary>
    public long StoppedCount => Volatile.Read(ref _stopped);

    /// <summary>The memory in use when it looked last.</summary>
    public long UsedBytes => Volatile.Read(ref _usedBytes);

    /// <summary>The limit of that.</summary>
    public long LimitBytes => Volatile.Read(ref _limitBytes);

    /// <summary>The monitor of a node; null: it has no worker processes, or is not to look.</summary>
    public static MemoryMonitor? For(NodeServices node, IMemoryMeter? meter) =>
        node.Processes is { } workers && node.Options.MemoryMonitorInterval > TimeSpan.Zero ? new MemoryMonitor(node, workers, meter ?? new MachineMeter()) : null;

    /// <summary>Looks, if it is time to. Called often.</summary>
    public void Check(long now)
    {
        if (now - _lastLook < _interval)
        {
            return;
        }

        _lastLook = now;
        if (_meter.Use() is not { } use)
        {
            return;
        }

        Volatile.Write(ref _usedBytes, use.UsedBytes);
        Volatile.Write(ref _limitBytes, use.LimitBytes);
        if (_policy.IsAbove(use.UsedBytes, use.LimitBytes))
        {
            Relieve(in use, now);
        }
        else
        {
            _policy.OnBelow();
            _hasSaidThatNoneHelps = false;
        }
    }

    private void Relieve(in MemoryUse found, long now)
    {
        MemoryUse use = found;
        if (_policy.IsAwaited(use.UsedBytes, now))
        {
            return;
        }

        List<(WorkerProcess Worker, long Bytes)> sizes = [];
        foreach (WorkerProcess worker in _workers.All())
        {
            if (worker.ProcessId is var id and not 0 && _meter.PrivateBytesOf(id) is { } bytes)
            {
                sizes.Add((worker, bytes));
            }
        }

        SessionEnd? end = null;
        WorkerProcess? chosen = _node.Gate.Do(engine =>
        {
            List<WorkerMemory> workers = [.. sizes.Where(static s => s.Worker.Session.EndedBecause is null)
                .Select(static s => new WorkerMemory(s.Worker, s.Bytes, s.Worker.CreatedAt, SessionWork.Of(s.Worker.Session)))];
            if (_policy.Choose(use.UsedBytes, use.LimitBytes, workers, now) is not { } choice)
            {
                return null;
            }

            string why = MemoryReport.WhyStopped(_node, use, choice.Worker, workers);
            NodeOutOfMemoryException cause = new($"A worker process has ended: {why}.") { NodeId = _node.NodeId, UsedBytes = use.UsedBytes, LimitBytes = use.LimitBytes };
            WorkerProcess worker = (WorkerProcess)choice.Worker.Worker;
            end = new SessionEnd(why) { OutOfMemory = cause, HasSiblings = choice.HasSiblings };
            engine.CloseSession(worker.Session, end, now);
            return worker;
        });
        if (chosen is not null)
        {
            chosen.Stop(end!);
            Interlocked.Increment(ref _stopped);
            _node.Events.Warn($"The {chosen.Session.Name} has ended: {end!.Why}.");
        }
        else if (!_hasSaidThatNoneHelps && !_policy.IsAwaited(use.UsedBytes, now))
        {
            _hasSaidThatNoneHelps = true;
            _node.Events.Warn(MemoryReport.NoneHelps(_node, use));
        }
    }
}
