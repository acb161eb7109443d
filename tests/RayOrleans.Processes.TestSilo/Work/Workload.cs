using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace RayOrleans.Processes.TestSilo.Work;

/// <summary>
/// About a thousand tasks at once, with nested children, references on every way, objects of every size, and actors on every node. A seed
/// decides about the mixture; every answer is known and checked. Nothing is referred to any more when <see cref="Run"/> has returned.
/// </summary>
internal sealed class Workload(IRay ray, int seed, NodeId[] steady, Func<ObjectId, string> describe)
{
    private const int Tasks = 1000;
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(150);

    private readonly Random _random = new(seed);
    private readonly List<Pending> _pending = [];
    private readonly List<ActorHandle<Adder>> _adders = [];
    private readonly List<ActorHandle<Tally>> _tallies = [];
    private readonly RemoteOptions _spread = ray.Options(schedulingStrategy: SchedulingStrategy.Spread);
    private readonly Stopwatch _time = Stopwatch.StartNew();

    /// <summary>"right" with the number of answers, or "wrong" with what is wrong or was waited for in vain.</summary>
    public string Run()
    {
        try
        {
            return RunCore();
        }
        catch (Exception e)
        {
            return $"wrong after {_time.Elapsed.TotalSeconds:0.0} s: {e}";
        }
        finally
        {
            _pending.Clear();
            _adders.Clear();
            _tallies.Clear();
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private string RunCore()
    {
        MakeActors();
        ObjectRef<long[]> shared = ray.Put(Functions.Large(seed, 100_000));
        for (int i = 0; i < Tasks; i++)
        {
            Submit(i, shared);
        }

        CommandLoop.Say($"load after {_time.Elapsed.TotalSeconds:0.0} s");
        foreach (Pending pending in _pending)
        {
            Await(pending);
        }

        CheckTallies();
        CheckKept();
        return $"right {_pending.Count} answers after {_time.Elapsed.TotalSeconds:0.0} s";
    }

    private void MakeActors()
    {
        for (int i = 0; i < 9; i++)
        {
            RemoteOptions options = ray.Options(
                name: i % 3 == 0 ? $"adder-{seed}-{i}" : null, maxRestarts: 5, maxTaskRetries: 5, schedulingStrategy: SchedulingStrategy.Spread);
            long start = i * 1000;
            _adders.Add(options.Actor(() => new Adder(start)));
        }

        foreach (NodeId node in steady)
        {
            _tallies.Add(ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(node)).Actor(() => new Tally()));
            _tallies.Add(ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(node), maxRestarts: 3).Actor(() => new Tally()));
        }
    }

    private void Submit(int i, ObjectRef<long[]> shared)
    {
        int n = _random.Next(1000);
        int ms = _random.Next(1, 25);
        RemoteOptions options = _random.Next(2) == 0 ? _spread : ray.Options();
        switch (i % 12)
        {
            case 0 or 1:
                int depth = _random.Next(1, 3);
                Expect("tree", options.Remote(Functions.Tree, n, depth, ms), Functions.TreeAnswer(n, depth));
                break;
            case 2:
                ObjectRef<long> chained = options.Remote(Functions.Leaf, n, ms);
                long answer = (n * 31L) + 7;
                for (int k = 0; k < 4; k++)
                {
                    chained = _spread.Remote(Functions.Add, chained, k);
                    answer = (answer * 3) + k;
                }

                Expect("chain", chained, answer);
                break;
            case 3:
                ObjectRef<List<ObjectRef<long>>> branches = _spread.Remote(Functions.Branches, n, ms);
                Expect("sum of branches", options.Remote(Functions.SumOf, branches), Functions.BranchesAnswer(n));
                Expect("branches", branches, references => Equal(Functions.BranchesAnswer(n), references.Select(r => Get("branch", r)).Sum()));
                break;
            case 4:
                int length = _random.Next(2) == 0 ? 100 : _random.Next(20_000, 60_000);
                ObjectRef<long[]> made = _spread.Remote(Functions.Large, n, length);
                Expect("digest", _spread.Remote(Functions.Digest, made), Functions.LargeAnswer(n, length));
                Expect("digest again", options.Remote(Functions.Digest, made), Functions.LargeAnswer(n, length));
                if (i % 5 == 0)
                {
                    Expect("large", made, values => Equal(Functions.LargeAnswer(n, length), Functions.Digest(values)));
                }

                break;
            case 5:
                Expect("shared", options.Remote(static (long[] a, int x) => a[x], shared, n), seed + n);
                break;
            case 6:
                int direct = _random.Next(_adders.Count);
                Expect("actor call", _adders[direct].Remote((a, x) => a.Add(x), n), (direct * 1000) + n);
                break;
            case 7:
                int nested = _random.Next(_adders.Count);
                Expect("nested actor call", _spread.Remote(Functions.CallAdder, _adders[nested], n), (nested * 1000) + n);
                break;
            case 8:
                Expect("puts", options.Remote(Functions.PutsForChildren, n, ms), Functions.PutsAnswer(n, ms));
                break;
            case 9:
                List<ObjectRef<long>> kept = [options.Remote(Functions.Leaf, n, ms), _spread.Remote(Functions.Leaf, n + 1, ms), ray.Put((long)n)];
                Expect("kept by an actor", _adders[_random.Next(_adders.Count)].Remote((a, list) => a.Keep(list), ray.Put(kept)), (62L * n) + 45 + n);
                break;
            case 10:
                Expect("asynchronous", options.Remote(Functions.AsyncSum, n, ms), (62L * n) + 45);
                break;
            default:
                Expect(
                    "own actor",
                    i % 24 == 11 ? options.Remote(Functions.WithOwnActor, n) : options.Remote(Functions.Leaf, n, ms),
                    i % 24 == 11 ? (2L * n) + 11 : (n * 31L) + 7);
                break;
        }
    }

    /// <summary>Actors on nodes that live keep their state, whatever happens to the others.</summary>
    private void CheckTallies()
    {
        foreach (ActorHandle<Tally> tally in _tallies)
        {
            List<ObjectRef<int>> calls = [.. Enumerable.Range(0, 20).Select(_ => tally.Remote(t => t.Next()))];
            for (int i = 0; i < calls.Count; i++)
            {
                Equal(i, Get("tally", calls[i]));
            }
        }
    }

    private void CheckKept()
    {
        foreach (ActorHandle<Adder> adder in _adders)
        {
            (ObjectRef<int> count, ObjectRef<long> sum) = adder.Remote(a => a.Kept());
            int kept = Get("count of what an actor keeps", count);
            long total = Get("sum of what an actor keeps", sum);
            if (kept % 3 != 0 || (kept == 0 && total != 0))
            {
                throw new InvalidOperationException($"An actor keeps {kept} references that add up to {total}.");
            }
        }
    }

    private void Expect(string what, ObjectRef<long> reference, long answer) => Expect(what, reference, value => Equal(answer, value));

    private void Expect<T>(string what, ObjectRef<T> reference, Action<T> check) =>
        _pending.Add(new Pending(what, reference, () => check(Get(what, reference))));

    private void Await(Pending pending)
    {
        try
        {
            pending.Check();
        }
        catch (Exception e) when (e is not TimeoutException)
        {
            throw new InvalidOperationException($"{pending.What} {pending.Reference.Id}: {e.Message} ({describe(pending.Reference.Id)})", e);
        }
    }

    private T Get<T>(string what, ObjectRef<T> reference)
    {
        TimeSpan left = Limit - _time.Elapsed;
        try
        {
            return ray.Get(reference, timeout: left > TimeSpan.Zero ? left : TimeSpan.Zero);
        }
        catch (GetTimeoutException e)
        {
            IEnumerable<string> stuck = _pending.Where(p => ray.Wait([p.Reference], timeout: TimeSpan.Zero, fetchLocal: false).Ready.Count == 0)
                .Select(p => $"{p.What} {p.Reference.Id}: {describe(p.Reference.Id)}");
            throw new TimeoutException($"waited {Limit.TotalSeconds:0} s; STUCK {what} {reference.Id}: {describe(reference.Id)}; also: {string.Join(" || ", stuck.Take(6))}", e);
        }
    }

    private static void Equal(long expected, long actual)
    {
        if (expected != actual)
        {
            throw new InvalidOperationException($"expected {expected}, got {actual}");
        }
    }
}
