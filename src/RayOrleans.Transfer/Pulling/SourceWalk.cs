using System.Net;

namespace RayOrleans.Transfer;

/// <summary>Goes through the sources of one object, round after round, and remembers what each did. Used by one flow.</summary>
internal sealed class SourceWalk(PullRequest request, PeerBook peers, PullerOptions options)
{
    private const int ToldFailures = 8;
    private const int LongestBusyDoublings = 4;

    private readonly Queue<EndPoint> _next = new();
    private readonly HashSet<EndPoint> _excluded = [];
    private readonly Queue<string> _failures = new();
    private EndPoint? _again;
    private int _rounds;
    private int _busyRounds;
    private bool _isBusy;

    /// <summary>Whether a source did something worse than not having the object.</summary>
    public bool HasFailures { get; private set; }

    /// <summary>The next source to try; null when all have failed often enough.</summary>
    public async ValueTask<EndPoint?> NextAsync(CancellationToken ct)
    {
        if (_again is { } again)
        {
            _again = null;
            return again;
        }

        while (_next.Count == 0)
        {
            if (_isBusy)
            {
                // Whoever is served meanwhile is a source afterwards: that this goes on is certain, so the rounds are not counted.
                _isBusy = false;
                await RestAsync(options.BusyDelay, Math.Min(_busyRounds++, LongestBusyDoublings), ct).ConfigureAwait(false);
            }
            else if (_rounds == options.SourceRounds)
            {
                return null;
            }
            else if (_rounds++ > 0)
            {
                await RestAsync(options.RetryDelay, Math.Min(_rounds - 2, 10), ct).ConfigureAwait(false);
            }

            IReadOnlyList<EndPoint> sources = await request.Sources(ct).ConfigureAwait(false);
            foreach (EndPoint source in sources.Distinct().Where(source => !_excluded.Contains(source)).OrderBy(peers.IsSuspect))
                _next.Enqueue(source);
        }

        return _next.Dequeue();
    }

    /// <summary>The source is good: it comes next again.</summary>
    public void Repeat(EndPoint source) => _again = source;

    /// <summary>Something was received, so trying on is worth while.</summary>
    public void Progressed()
    {
        _rounds = Math.Min(_rounds, 1);
        _busyRounds = 0;
    }

    /// <summary>The source has the object, and serves others first.</summary>
    public void Busy() => _isBusy = true;

    /// <summary>The source does not have the object.</summary>
    public void Missed(EndPoint source, string what) => Remember($"{source} {what}");

    /// <summary>The source failed, and may be tried again.</summary>
    public void Failed(EndPoint source, string what)
    {
        HasFailures = true;
        Remember($"{source} {what}");
    }

    /// <summary>The source is not to be believed for this object.</summary>
    public void Exclude(EndPoint source, string what)
    {
        _excluded.Add(source);
        Failed(source, what);
    }

    /// <summary>What the sources did, the latest last.</summary>
    public string Describe() => _failures.Count == 0 ? "no source is known" : string.Join("; ", _failures);

    private Task RestAsync(TimeSpan first, int doublings, CancellationToken ct) => Task.Delay(first * (1 << doublings), options.TimeProvider, ct);

    private void Remember(string failure)
    {
        if (_failures.Contains(failure))
            return;
        if (_failures.Count == ToldFailures)
            _failures.Dequeue();
        _failures.Enqueue(failure);
    }
}
