using RayOrleans.Core;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Runtime.Output;

/// <summary>
/// Lines on their way to another node: one batch at a time, what comes meanwhile follows in the next. What has no room, and what a call loses, is counted and not sent again.
/// Nobody waits for it. Thread-safe.
/// </summary>
internal sealed class OutputRelay(NodeId self, NodeId target, IClusterTransport transport)
{
    private const int MaxWaiting = 2_000;
    private const int MaxBatch = 500;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Lock _lock = new();
    private readonly Queue<(JobId Job, OutputLine Line)> _lines = new();
    private Dictionary<JobId, long> _dropped = [];
    private bool _isSending;

    public void Add(JobId job, in OutputLine line)
    {
        lock (_lock)
        {
            if (_lines.Count < MaxWaiting)
            {
                _lines.Enqueue((job, line));
            }
            else
            {
                Drop_NeedsLock(job, 1);
            }

            Send_NeedsLock();
        }
    }

    public void Drop(JobId job, long count)
    {
        lock (_lock)
        {
            Drop_NeedsLock(job, count);
            Send_NeedsLock();
        }
    }

    private void Drop_NeedsLock(JobId job, long count) => _dropped[job] = _dropped.GetValueOrDefault(job) + count;

    private void Send_NeedsLock()
    {
        if (!_isSending)
        {
            _isSending = true;
            _ = Task.Run(SendAsync);
        }
    }

    private async Task SendAsync()
    {
        while (true)
        {
            List<(JobId Job, OutputLine Line)> lines = [];
            Dictionary<JobId, long> dropped;
            lock (_lock)
            {
                while (lines.Count < MaxBatch && _lines.TryDequeue(out (JobId, OutputLine) line))
                {
                    lines.Add(line);
                }

                (dropped, _dropped) = (_dropped, []);
                if (lines.Count + dropped.Count == 0)
                {
                    _isSending = false;
                    return;
                }
            }

            bool isLost = false;
            try
            {
                await transport.CallNodeAsync(target, OutputWire.Encode(self, lines, dropped)).ConfigureAwait(false);
            }
            catch (NodeUnreachableException)
            {
                // The driver has gone with its node: nobody is told how much it has missed.
            }
            catch (Exception e) when (e is not OutOfMemoryException)
            {
                isLost = true;
            }

            if (isLost)
            {
                lock (_lock)
                {
                    foreach (IGrouping<JobId, (JobId Job, OutputLine Line)> lost in lines.GroupBy(l => l.Job))
                    {
                        Drop_NeedsLock(lost.Key, lost.Count());
                    }

                    foreach ((JobId job, long count) in dropped)
                    {
                        Drop_NeedsLock(job, count);
                    }
                }
            }

            // Many lines in a message instead of many messages.
            await Task.Delay(isLost ? Pause * 50 : Pause).ConfigureAwait(false);
        }
    }
}
