using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using RayOrleans.Silo.Children;

namespace RayOrleans.Silo.Figures;

/// <summary>
/// The paper's figure 11a: linear chains of 100 ms tasks, nodes that are killed, and nodes that join in their place. Results lie in the object stores of
/// the nodes that made them; what is lost with a node is made again from lineage, and the throughput per node stays what it was.
/// </summary>
internal sealed class Reconstruction : IAsyncDisposable
{
    private const string Slot = "chain";
    private const int Parts = 45;
    private const int BarWidth = 50;

    private static readonly TimeSpan RoundBound = TimeSpan.FromMinutes(3);

    private readonly ReconstructionSettings _settings;
    private readonly TextWriter _output;
    private readonly string _folder = Directory.CreateTempSubdirectory("rayorleans-figure-").FullName;
    private readonly List<ChildSilo> _nodes = [];
    private readonly List<(TimeSpan Time, int Nodes)> _changes = [];
    private readonly ConcurrentQueue<string> _failures = new();
    private ChildSilo? _first;
    private JoinedDriver? _driver;
    private int _results;

    private Reconstruction(ReconstructionSettings settings, TextWriter output)
    {
        _settings = settings;
        _output = output;
    }

    /// <summary>Runs and prints it.</summary>
    /// <returns>0 when every result was right, else 1.</returns>
    public static async Task<int> RunAsync(ReconstructionSettings settings, TextWriter output, CancellationToken cancellationToken)
    {
        await using Reconstruction figure = new(settings, TextWriter.Synchronized(output));
        return await figure.RunAsync(cancellationToken).ConfigureAwait(false);
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
            await Task.WhenAll(_nodes.Append(_first).OfType<ChildSilo>().Select(static async silo =>
            {
                await silo.LeaveAsync().ConfigureAwait(false);
                silo.Dispose();
            })).ConfigureAwait(false);
            Directory.Delete(_folder, recursive: true);
        }
    }

    private async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        _first = await ChildSilo.StartAsync("--cpus", "1", "--object-store-memory", "64000000").ConfigureAwait(false);
        for (int i = 0; i < _settings.Nodes; i++)
        {
            // One after the other: joining takes a whole core for seconds, and who gets none of it for long is declared dead.
            await AddAsync().ConfigureAwait(false);
        }

        _driver = await JoinedDriver.StartAsync("figure", new RayOptions { Address = _first.Address, CpusPerNode = 1, ObjectStoreBytes = 256_000_000 }).ConfigureAwait(false);
        await WarmUpAsync().ConfigureAwait(false);

        DateTime start = DateTime.UtcNow;
        Stopwatch time = Stopwatch.StartNew();
        Change(time);
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(_settings.Duration);
        Task[] chains = [.. Enumerable.Range(0, _settings.Nodes * _settings.TasksPerNode).Select(chain => Task.Run(() => FollowAsync(chain, end.Token), CancellationToken.None))];
        await ChangeNodesAsync(time, end.Token).ConfigureAwait(false);
        await Task.WhenAll(chains).ConfigureAwait(false);

        IReadOnlyList<ReconstructionPoint> series = ReconstructionPoint.Series(ChainRun.ReadAll(_folder), start, _settings.Duration, Parts, NodesAt);
        Print(series);
        await WriteAsync(series).ConfigureAwait(false);
        foreach (string failure in _failures)
        {
            await _output.WriteLineAsync($"WRONG: {failure}").ConfigureAwait(false);
        }

        await _output.WriteLineAsync($"{_results} chains of {_settings.Links} tasks checked: {(_failures.IsEmpty ? "all results right" : $"{_failures.Count} wrong")}").ConfigureAwait(false);
        return _failures.IsEmpty && _results > 0 ? 0 : 1;
    }

    private async Task AddAsync()
    {
        ChildSilo silo = await ChildSilo.StartPatientlyAsync(
            _output.WriteLine,
            static _ => { },
            "--join", _first!.Address, "--cpus", "1", "--object-store-memory", "256000000", "--resource", string.Create(CultureInfo.InvariantCulture, $"{Slot}={_settings.TasksPerNode}"))
            .ConfigureAwait(false);
        lock (_nodes)
        {
            _nodes.Add(silo);
        }
    }

    /// <summary>The code is on all nodes, and compiled, before time is taken.</summary>
    private async Task WarmUpAsync()
    {
        await Task.WhenAll(Enumerable.Range(0, _settings.Nodes * _settings.TasksPerNode).Select(chain => RoundAsync(chain, -1, links: 3))).ConfigureAwait(false);
    }

    /// <summary>At a sixth, a third, a half and two thirds of the time: one goes, another one goes, one comes, another one comes.</summary>
    private async Task ChangeNodesAsync(Stopwatch time, CancellationToken end)
    {
        for (int step = 1; step <= 4; step++)
        {
            TimeSpan rest = (_settings.Duration * step / 6) - time.Elapsed;
            await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (end.IsCancellationRequested)
            {
                return;
            }

            if (step <= 2)
            {
                ChildSilo gone = _nodes[0];
                _nodes.RemoveAt(0);
                await gone.KillAsync().ConfigureAwait(false);
                gone.Dispose();
            }
            else
            {
                await AddAsync().ConfigureAwait(false);
            }

            Change(time);
        }
    }

    private void Change(Stopwatch time)
    {
        _changes.Add((time.Elapsed, _nodes.Count));
        _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time.Elapsed.TotalSeconds,6:0.0} s  {_nodes.Count} nodes"));
    }

    private int NodesAt(TimeSpan time) => _changes.LastOrDefault(c => c.Time <= time, _changes[0]).Nodes;

    private async Task FollowAsync(int chain, CancellationToken end)
    {
        for (int round = 0; !end.IsCancellationRequested; round++)
        {
            await RoundAsync(chain, round, _settings.Links).ConfigureAwait(false);
            Interlocked.Increment(ref _results);
        }
    }

    private async Task RoundAsync(int chain, int round, int links)
    {
        try
        {
            RemoteOptions options = _driver!.Ray.Options(numCpus: 0, resources: new Dictionary<string, double> { [Slot] = 1 }, maxRetries: -1);
            ObjectRef<long[]> value = options.Remote(ChainStep.Begin, new ChainPlace(_folder, chain, round, 0));
            long expected = ChainStep.Next(ChainStep.FirstOf(chain, round), 0);
            for (int link = 1; link < links; link++)
            {
                value = options.Remote(ChainStep.Continue, new ChainPlace(_folder, chain, round, link), value);
                expected = ChainStep.Next(expected, link);
            }

            long[] result = await value.AsTask().WaitAsync(RoundBound).ConfigureAwait(false);
            if (Array.Exists(result, n => n != expected))
            {
                _failures.Enqueue($"chain {chain}, round {round}: {result[0]} instead of {expected}");
            }
        }
        catch (Exception e) when (e is RayException or TimeoutException)
        {
            _failures.Enqueue($"chain {chain}, round {round}: {e.Message}");
        }
    }

    private void Print(IReadOnlyList<ReconstructionPoint> series)
    {
        double most = Math.Max(1, series.Max(static p => p.Original + p.Repeated));
        _output.WriteLine();
        _output.WriteLine("  time  nodes   tasks/s  again/s  per node   # original, + executed again");
        foreach (ReconstructionPoint point in series)
        {
            int original = (int)Math.Round(point.Original / most * BarWidth);
            int repeated = (int)Math.Round(point.Repeated / most * BarWidth);
            _output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{point.Seconds,6:0.0}  {point.Nodes,5:0.#}  {point.Original,8:0.0} {point.Repeated,8:0.0} {point.PerNode,9:0.0}   {new string('#', original)}{new string('+', repeated)}"));
        }
    }

    private async Task WriteAsync(IReadOnlyList<ReconstructionPoint> series)
    {
        if (_settings.Csv is { } csv)
        {
            StringBuilder lines = new("seconds,nodes,original_per_second,repeated_per_second,per_node\n");
            foreach (ReconstructionPoint point in series)
            {
                lines.Append(CultureInfo.InvariantCulture, $"{point.Seconds:0.###},{point.Nodes:0.###},{point.Original:0.###},{point.Repeated:0.###},{point.PerNode:0.###}\n");
            }

            await File.WriteAllTextAsync(csv, lines.ToString()).ConfigureAwait(false);
        }

        if (_settings.Svg is { } path)
        {
            SvgFigure figure = new()
            {
                Title = "Task reconstruction: chains of 100 ms tasks, nodes killed and added",
                XAxis = "time (s)",
                LeftAxis = "tasks per second",
                RightAxis = "nodes",
                X = [.. series.Select(static p => p.Seconds), _settings.Duration.TotalSeconds],
            };
            figure.AddBars("original tasks", "#4c78a8", [.. series.Select(static p => p.Original)]);
            figure.AddBars("executed again", "#e45756", [.. series.Select(static p => p.Repeated)]);
            figure.AddLine("nodes", "#333333", [.. series.Select(static p => p.Nodes)]);
            await File.WriteAllTextAsync(path, figure.Draw()).ConfigureAwait(false);
        }
    }
}
