using System.Diagnostics;
using CartPole.Learning;
using CartPole.Workers;

namespace CartPole.Training;

/// <summary>
/// Hands rollouts out and takes the results as they come. An update does not wait for stragglers: once most results are there
/// it is patient for as long again as those took, but once only; what comes later enters the next update.
/// </summary>
public sealed class RolloutCollector(IRolloutPool pool)
{
    private const double Most = 0.75;

    // Long beside a rollout's milliseconds: on a healthy machine no rollout is late, and the same seed gives the same weights.
    private static readonly TimeSpan LeastPatience = TimeSpan.FromMilliseconds(250);

    private IReadOnlyList<ObjectRef<RolloutResult>> _pending = [];
    private HashSet<ObjectRef<RolloutResult>> _late = [];

    /// <summary>Has rollouts made.</summary>
    /// <param name="policy">The policy to try.</param>
    /// <param name="requests">What to try.</param>
    /// <returns>Most of the results, with those that an earlier call left behind.</returns>
    public async Task<IReadOnlyList<RolloutResult>> CollectAsync(ObjectRef<Policy> policy, IReadOnlyList<RolloutRequest> requests)
    {
        Stopwatch watch = Stopwatch.StartNew();
        Queue<RolloutRequest> waiting = new(requests);
        List<RolloutResult> results = [];
        TimeSpan? deadline = null;
        while (true)
        {
            HandOut(policy, waiting);
            if (deadline is null && waiting.Count == 0 && results.Count >= Most * requests.Count)
            {
                deadline = watch.Elapsed + (watch.Elapsed > LeastPatience ? watch.Elapsed : LeastPatience);
            }

            TimeSpan? timeLeft = deadline - watch.Elapsed;
            if ((waiting.Count == 0 && _pending.All(_late.Contains)) || timeLeft < TimeSpan.Zero)
            {
                _late = [.. _pending];
                return results;
            }

            (IReadOnlyList<ObjectRef<RolloutResult>> ready, _pending) = await Ray.WaitAsync(_pending, timeout: timeLeft);
            foreach (ObjectRef<RolloutResult> rollout in ready)
            {
                pool.Completed(rollout);
                results.Add(await rollout);
            }
        }
    }

    /// <summary>Waits for the last stragglers, whose results nobody needs any more.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> DrainAsync()
    {
        if (_pending.Count == 0)
        {
            return 0;
        }

        (IReadOnlyList<ObjectRef<RolloutResult>> ready, _pending) = await Ray.WaitAsync(_pending, numReturns: _pending.Count);
        foreach (ObjectRef<RolloutResult> rollout in ready)
        {
            pool.Completed(rollout);
        }

        return ready.Count;
    }

    private void HandOut(ObjectRef<Policy> policy, Queue<RolloutRequest> waiting)
    {
        List<ObjectRef<RolloutResult>> pending = [.. _pending];
        while (waiting.TryPeek(out RolloutRequest? request) && pool.TrySubmit(policy, request) is { } rollout)
        {
            waiting.Dequeue();
            pending.Add(rollout);
        }

        _pending = pending;
    }
}
