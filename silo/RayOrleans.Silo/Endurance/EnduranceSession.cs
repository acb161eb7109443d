using System.Diagnostics;
using System.Globalization;
using RayOrleans.Grains;
using RayOrleans.Silo.Children;

namespace RayOrleans.Silo.Endurance;

/// <summary>Makes and drops objects on two silo processes and this one, and watches the memory of all of them and the rows of the object table.</summary>
internal sealed class EnduranceSession : IAsyncDisposable
{
    private const int RoundsAtOnce = 4;
    private const double AllowedShare = 0.1;
    private const double AllowedBytes = 64e6;
    private const double AllowedRows = 5000;
    private const string Rows = "table rows";

    private static readonly TimeSpan Settling = TimeSpan.FromSeconds(60);

    private readonly EnduranceSettings _settings;
    private readonly TextWriter _output;
    private readonly Dictionary<string, List<double>> _looks = [];
    private readonly List<string> _failures = [];
    private readonly Stopwatch _time = new();
    private readonly ChildSilo[] _silos = new ChildSilo[2];
    private JoinedDriver? _driver;
    private long _made;
    private int _rounds;

    private EnduranceSession(EnduranceSettings settings, TextWriter output)
    {
        _settings = settings;
        _output = output;
    }

    /// <summary>Runs and prints it.</summary>
    /// <returns>0 when nothing has grown, nothing was wrong and nothing is left, else 1.</returns>
    public static async Task<int> RunAsync(EnduranceSettings settings, TextWriter output, CancellationToken cancellationToken)
    {
        await using EnduranceSession session = new(settings, output);
        return await session.RunAsync(cancellationToken).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (_driver is not null)
            {
                await _driver.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            foreach (ChildSilo silo in _silos.Reverse().OfType<ChildSilo>())
            {
                await silo.LeaveAsync().ConfigureAwait(false);
                silo.Dispose();
            }
        }
    }

    private async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        string[] arguments = ["--cpus", "2", "--object-store-memory", "128000000"];
        _silos[0] = await ChildSilo.StartAsync(arguments).ConfigureAwait(false);
        _silos[1] = await ChildSilo.StartPatientlyAsync(_output.WriteLine, static _ => { }, ["--join", _silos[0].Address, .. arguments]).ConfigureAwait(false);
        _driver = await JoinedDriver.StartAsync("endurance", new RayOptions { Address = _silos[0].Address, CpusPerNode = 1, ObjectStoreBytes = 128_000_000 }).ConfigureAwait(false);
        _time.Start();
        Task[] loops = [.. Enumerable.Range(0, RoundsAtOnce).Select(_ => Task.Run(() => Loop(cancellationToken), CancellationToken.None))];
        Task all = Task.WhenAll(loops);
        while (!all.IsCompleted)
        {
            await Task.WhenAny(all, Task.Delay(_settings.Look, CancellationToken.None)).ConfigureAwait(false);
            await LookAsync().ConfigureAwait(false);
        }

        await all.ConfigureAwait(false);
        Judge();
        _failures.AddRange(await HoldingsAsync().ConfigureAwait(false));
        foreach (string failure in _failures)
        {
            await _output.WriteLineAsync(failure).ConfigureAwait(false);
        }

        await _output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{_made:N0} objects in {_time.Elapsed.TotalSeconds:0} s: {(_failures.Count == 0 ? "memory and tables are flat, nothing is left" : "NOT flat")}")).ConfigureAwait(false);
        return _failures.Count == 0 ? 0 : 1;
    }

    private void Loop(CancellationToken cancellationToken)
    {
        try
        {
            while (Interlocked.Read(ref _made) < _settings.Objects && _time.Elapsed < _settings.Limit && !cancellationToken.IsCancellationRequested)
            {
                Round(Interlocked.Increment(ref _rounds) * 8);
                Interlocked.Add(ref _made, (2 * ObjectLoop.Local) + (4 * ObjectLoop.Crossing));
            }
        }
        catch (Exception e) when (e is RayException or InvalidDataException)
        {
            lock (_failures)
            {
                _failures.Add($"WRONG: {e.Message}");
            }
        }
    }

    /// <summary>On each silo objects that stay there; from each silo to the other, from this process to both.</summary>
    private void Round(int seed)
    {
        IRay ray = _driver!.Ray;
        RemoteOptions[] on = [.. _silos.Select(s => ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(s.NodeId)))];
        List<(ObjectRef<long> Sum, long Expected)> sums = [];
        for (int i = 0; i < 2; i++)
        {
            sums.Add((on[i].Remote(ObjectLoop.MakeAndDrop, seed + i, ObjectLoop.Local), ObjectLoop.Expected(seed + i, ObjectLoop.Local)));
            using ObjectRef<List<ObjectRef<byte[]>>> made = on[i].Remote(ObjectLoop.Make, seed + 2 + i, ObjectLoop.Crossing);
            sums.Add((on[1 - i].Remote(ObjectLoop.SumAndDrop, made), ObjectLoop.Expected(seed + 2 + i, ObjectLoop.Crossing)));
            List<ObjectRef<byte[]>> mine = ObjectLoop.MakeBy(ray, seed + 4 + i, ObjectLoop.Crossing);
            sums.Add((on[i].Remote(ObjectLoop.SumAndDrop, mine), ObjectLoop.Expected(seed + 4 + i, ObjectLoop.Crossing)));
            mine.ForEach(static reference => reference.Dispose());
        }

        foreach ((ObjectRef<long> sum, long expected) in sums)
        {
            using (sum)
            {
                long actual = ray.Get(sum);
                if (actual != expected)
                {
                    throw new InvalidDataException($"A sum was {actual} instead of {expected}.");
                }
            }
        }
    }

    private async Task LookAsync()
    {
        double rows = 0;
        List<(string Who, double Bytes)> memory = [];
        foreach ((string who, int process) in ((string, int)[])[("silo 1", _silos[0].ProcessId), ("silo 2", _silos[1].ProcessId), ("driver", Environment.ProcessId)])
        {
            using Process looked = Process.GetProcessById(process);
            memory.Add((who, looked.WorkingSet64));
        }

        foreach (ChildSilo silo in _silos)
        {
            rows += (await HoldingsOf(silo.NodeId).GetHoldings(false).ConfigureAwait(false)).GetValueOrDefault(Rows);
        }

        // Until the first round is through, processes compile and fill, the longer the busier the machine is: that is no growth.
        if (Interlocked.Read(ref _made) > 0)
        {
            foreach ((string who, double bytes) in memory)
            {
                Note($"memory of {who}", bytes);
            }

            Note(Rows, rows);
        }

        string all = string.Join("  ", memory.Select(static m => string.Create(CultureInfo.InvariantCulture, $"{m.Who} {m.Bytes / 1e6,6:0} MB")));
        await _output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture, $"{_time.Elapsed.TotalSeconds,7:0} s  {Interlocked.Read(ref _made),12:N0} objects  {all}  {Rows} {rows,6:0}")).ConfigureAwait(false);
    }

    private ILocalSchedulerGrain HoldingsOf(NodeId node) =>
        _driver!.Grains.GetLocalScheduler(_driver.Members.Find(node)?.Silo ?? throw new InvalidOperationException($"Node {node} is not a member any more."));

    private void Note(string what, double amount)
    {
        if (!_looks.TryGetValue(what, out List<double>? looks))
        {
            _looks[what] = looks = [];
        }

        looks.Add(amount);
    }

    private void Judge()
    {
        foreach ((string what, List<double> looks) in _looks)
        {
            if (GrowthCheck.Find(what, looks, AllowedShare, what == Rows ? AllowedRows : AllowedBytes) is { } growth)
            {
                _failures.Add(growth);
            }
        }
    }

    /// <summary>What is left once everything was dropped.</summary>
    private async Task<IReadOnlyList<string>> HoldingsAsync()
    {
        Stopwatch time = Stopwatch.StartNew();
        while (true)
        {
            List<string> held = [];
            Describe(held, "the driver", _driver!.Node.GetHoldings(collectGarbage: true));
            foreach (ChildSilo silo in _silos)
            {
                Describe(held, $"node {silo.NodeId}", await HoldingsOf(silo.NodeId).GetHoldings(true).ConfigureAwait(false));
            }

            if (held.Count == 0 || time.Elapsed > Settling)
            {
                return held;
            }

            await Task.Delay(250).ConfigureAwait(false);
        }
    }

    private static void Describe(List<string> held, string who, IReadOnlyDictionary<string, double> holdings)
    {
        if (holdings.Count > 0)
        {
            held.Add(string.Create(CultureInfo.InvariantCulture, $"{who} still holds {string.Join(", ", holdings.Select(static h => $"{h.Key} {h.Value}"))}"));
        }
    }
}
