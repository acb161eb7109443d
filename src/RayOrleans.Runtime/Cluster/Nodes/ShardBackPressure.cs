using System.Globalization;
using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Nodes;

/// <summary>
/// Lets submissions wait while shards have too much of this node's to keep: their storage is away, or slower than what is submitted. What runs goes on, and
/// what nobody else has to know is told nobody. Waiting needs nothing but the shards' answers, so it ends whatever the others wait for. Thread-safe.
/// </summary>
internal sealed class ShardBackPressure(LinkBacklog backlog, long bound, TimeProvider time)
{
    /// <summary>How often whoever waits looks whether it still should; answers wake it.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromMilliseconds(100);

    private readonly object _gate = new();

    /// <summary>Below it submissions go on, so that they do not stop again with the next one.</summary>
    private readonly long _resume = bound - (bound / 4);

    private long _began;
    private volatile int _waiting;

    /// <summary>Told when submissions begin to wait and when they go on. On any thread; must not throw.</summary>
    public required Action<string> Said { get; init; }

    /// <summary>Bytes that shards have not answered.</summary>
    public long Bytes => backlog.Bytes;

    /// <summary>Submissions that wait.</summary>
    public int Waiting => _waiting;

    /// <summary>Whether the node has stopped, so that nobody waits on.</summary>
    public required Func<bool> IsStopped { get; init; }

    /// <summary>Returns at once below the bound; else once there is room again, or when nobody wants it any more.</summary>
    /// <param name="submitter">The attempt that submits; null: a driver does, or several.</param>
    public void Wait(Attempt? submitter = null)
    {
        if (backlog.Bytes <= bound)
        {
            return;
        }

        string? said = null;
        lock (_gate)
        {
            if (_waiting++ == 0)
            {
                _began = time.GetTimestamp();
                said = string.Create(
                    CultureInfo.InvariantCulture,
                    $"The GCS has not kept {backlog.Bytes} bytes of what this node has told it: its storage does not answer, or is slower than what is submitted. Submissions wait (RayOptions.MaxGcsBacklogBytes is {bound}); what runs goes on.");
            }
        }

        Say(said);
        said = null;
        lock (_gate)
        {
            while (backlog.Bytes > _resume && !IsStopped() && submitter is not { IsAbandoned: true })
            {
                Monitor.Wait(_gate, LookAgain);
            }

            if (--_waiting == 0)
            {
                said = string.Create(CultureInfo.InvariantCulture, $"Submissions go on after {time.GetElapsedTime(_began).TotalSeconds:0.0} s; the GCS still has {backlog.Bytes} bytes of this node's to keep.");
            }
        }

        Say(said);
    }

    /// <summary>A shard has answered.</summary>
    public void OnAnswer()
    {
        if (_waiting > 0 && backlog.Bytes <= _resume)
        {
            lock (_gate)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    private void Say(string? text)
    {
        if (text is not null)
        {
            Said(text);
        }
    }
}
