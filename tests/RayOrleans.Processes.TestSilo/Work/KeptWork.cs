using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace RayOrleans.Processes.TestSilo.Work;

/// <summary>
/// What must outlast a move of the shards: <c>keep N</c> makes keys, objects and an actor with a name, <c>kept</c> looks at all of them; between <c>begin</c> and
/// <c>end</c> tasks run one after the other, objects and keys are made and read; <c>mark</c> separates the waits before from those after. What must outlast the whole cluster: <c>last N</c> makes keys and a detached actor,
/// <c>more FROM N</c> makes more keys, <c>lasting N</c> looks at them from another program. <c>wait N</c> has N tasks wait on other nodes for what others make, <c>go</c> has that made and looks at what they got. <c>local N</c> runs tasks on the driver's node, of which nobody else has to know.
/// </summary>
internal sealed class KeptWork(IRay ray)
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly List<ObjectRef<string>> _objects = [];
    private readonly RemoteOptions _spread = ray.Options(schedulingStrategy: SchedulingStrategy.Spread);
    private readonly List<ObjectRef<int>> _made = [];
    private readonly List<ObjectRef<int>> _got = [];
    private readonly Dictionary<string, int> _acknowledged = [];
    private LongestWaits _before = new();
    private LongestWaits _after = new();
    private volatile bool _isMarked;
    private int _rounds;
    private ActorHandle<Tally>? _actor;
    private Task<int>? _steady;
    private volatile bool _isEnding;
    private int _calls;

    public string Run(string[] words) => words switch
    {
        ["keep", var count] => Keep(int.Parse(count, CultureInfo.InvariantCulture)),
        ["kept"] => Kept(),
        ["last", var count] => Last(int.Parse(count, CultureInfo.InvariantCulture)),
        ["more", var from, var count] => More(int.Parse(from, CultureInfo.InvariantCulture), int.Parse(count, CultureInfo.InvariantCulture)),
        ["lasting", var count] => Lasting(int.Parse(count, CultureInfo.InvariantCulture)),
        ["local", var count] => Local(int.Parse(count, CultureInfo.InvariantCulture)),
        ["begin"] => Begin(),
        ["mark"] => Mark(),
        ["end"] => End(),
        ["acknowledged"] => Acknowledged(),
        ["rounds"] => $"{Volatile.Read(ref _rounds)}",
        ["wait", var count] => WaitOnNodes(int.Parse(count, CultureInfo.InvariantCulture)),
        ["go"] => Go(),
        _ => throw new ArgumentException($"No command: {string.Join(' ', words)}"),
    };

    private static byte[] Value(int i) => Encoding.UTF8.GetBytes(new string((char)('a' + (i % 26)), i % 3 == 0 ? 200_000 : 20));

    private string Keep(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Wait(ray.Kv.PutAsync($"key {i}", Value(i)));
            _objects.Add(i % 2 == 0 ? ray.Put($"object {i}") : _spread.Remote(static (int n) => $"object {n}", i));
        }

        _actor = ray.Options(name: "kept").Actor(static () => new Tally());
        return $"{ray.Get(_actor.Remote(static t => t.Next()), Limit)}";
    }

    private string Kept()
    {
        int keys = 0;
        for (int i = 0; i < _objects.Count; i++)
        {
            keys += Wait(ray.Kv.GetAsync($"key {i}")) is { } entry && entry.Value.Span.SequenceEqual(Value(i)) ? 1 : 0;
        }

        // Read on other nodes, which ask the shards where they are.
        int objects = _objects.Select((o, i) => (Read: _spread.Remote(static (string s) => s, o), Number: i)).ToList().Count(r => ray.Get(r.Read, Limit) == $"object {r.Number}");
        _calls++;
        int answer = ray.Get(ray.GetActor<Tally>("kept").Remote(static t => t.Next()), Limit);
        return $"{keys} keys, {objects} objects, {(answer == _calls ? "the actor" : $"call {answer} of the actor instead of {_calls}")}";
    }

    private string Last(int count)
    {
        More(0, count);
        ActorHandle<Tally> actor = ray.Options(name: "lasting", @namespace: "lasting", lifetime: ActorLifetime.Detached, maxRestarts: -1).Actor(static () => MakeLasting());
        return $"{ray.Get(actor.Remote(static t => t.Next()), Limit)}";
    }

    /// <summary>Says on the output of its process that it lives.</summary>
    private static Tally MakeLasting()
    {
        Console.WriteLine("the lasting actor lives");
        return new Tally();
    }

    private string More(int from, int count)
    {
        for (int i = from; i < from + count; i++)
        {
            Wait(ray.Kv.PutAsync($"key {i}", Value(i)));
        }

        return $"{count}";
    }

    private string Lasting(int count)
    {
        int keys = Enumerable.Range(0, count).Count(i => Wait(ray.Kv.GetAsync($"key {i}")) is { } entry && entry.Value.Span.SequenceEqual(Value(i)));

        // Its state went with the process it lived in.
        return $"{keys} keys, the actor says {ray.Get(ray.GetActor<Tally>("lasting", "lasting").Remote(static t => t.Next()), Limit)}";
    }

    private string Local(int count)
    {
        RemoteOptions here = ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(ray.Context.NodeId));
        ObjectRef<int> sum = ray.Put(0);
        for (int i = 1; i <= count; i++)
        {
            sum = here.Remote(static (int a, int b) => a + b, sum, i);
        }

        return $"{ray.Get(sum, Limit)}";
    }

    private string WaitOnNodes(int count)
    {
        RemoteOptions free = ray.Options(numCpus: 0, schedulingStrategy: SchedulingStrategy.Spread);
        for (int i = 0; i < count; i++)
        {
            ObjectRef<int> made = free.Remote(Subscribers.Make, i);
            _made.Add(made);
            _got.Add(free.Remote(Subscribers.Read, new List<ObjectRef<int>> { made }, i));
        }

        // All of them have begun to wait: each has said so.
        for (int i = 0; i < count; i++)
        {
            while (Wait(ray.Kv.GetAsync(Subscribers.WaitsKey(i))) is null)
            {
                // Keys tell nobody that they are written.
                Thread.Sleep(20);
            }
        }

        return $"{count}";
    }

    private string Go()
    {
        Wait(ray.Kv.PutAsync(Subscribers.GoKey, new byte[] { 1 }));
        int right = _got.Select((g, i) => ray.Get(g, Limit) == (2 * i) + 1 ? 1 : 0).Sum();
        _got.Clear();
        _made.Clear();
        return $"{right}";
    }

    private string Acknowledged()
    {
        int right = _acknowledged.Count(a => Wait(ray.Kv.GetAsync(a.Key)) is { } entry && BitConverter.ToInt32(entry.Value.Span) == a.Value);
        return $"{right} of {_acknowledged.Count} keys; longest waits until then: {_before}; from then on: {_after}";
    }

    private string Mark()
    {
        _isMarked = true;
        return "marked";
    }

    private string Begin()
    {
        _isEnding = _isMarked = false;
        _steady = Task.Factory.StartNew(Steady, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return "begun";
    }

    private string End()
    {
        _isEnding = true;
        return $"{_steady!.GetAwaiter().GetResult()}";
    }

    private int Steady()
    {
        int rounds = 0;
        Volatile.Write(ref _rounds, 0);
        _acknowledged.Clear();
        (_before, _after) = (new LongestWaits(), new LongestWaits());
        for (; !_isEnding; rounds++)
        {
            string key = $"steady {rounds % 200}";
            Timed(() => Wait(ray.Kv.PutAsync(key, BitConverter.GetBytes(rounds))), static (w, t) => w.OfKey(t));
            _acknowledged[key] = rounds;
            using ObjectRef<int> put = ray.Put(rounds);
            using ObjectRef<int> twice = _spread.Remote(static (int n) => 2 * n, put);
            Timed(() => Wait(ray.Kv.PutAsync("round", BitConverter.GetBytes(rounds))), static (w, t) => w.OfKey(t));
            int read = BitConverter.ToInt32(Timed(() => Wait(ray.Kv.GetAsync("round")), static (w, t) => w.OfKey(t))!.Value.Span);
            if (Timed(() => ray.Get(twice, Limit), static (w, t) => w.OfTask(t)) != 2 * rounds || read != rounds)
            {
                throw new InvalidOperationException($"Round {rounds} has read {read}.");
            }

            Volatile.Write(ref _rounds, rounds + 1);
        }

        return rounds;
    }

    private T Timed<T>(Func<T> wait, Action<LongestWaits, TimeSpan> took)
    {
        long start = Stopwatch.GetTimestamp();
        T value = wait();
        took(_isMarked ? _after : _before, Stopwatch.GetElapsedTime(start));
        return value;
    }

    private static T Wait<T>(ValueTask<T> value) => value.AsTask().WaitAsync(Limit).GetAwaiter().GetResult();
}
