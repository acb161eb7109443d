using System.Buffers.Binary;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using RayOrleans.Grains;
using RayOrleans.Silo.Children;

namespace RayOrleans.Silo.Figures.Writes;

/// <summary>
/// The paper's figure 10a with the parts that are here: one client writes 25-byte keys with 512-byte values, one at a time, while the silo that hosts most shards is killed, and another one joins in its place.
/// Everything that was acknowledged is read at the end.
/// </summary>
internal sealed class WriteFigure : IAsyncDisposable
{
    private const int ValueLength = 512;
    private const int Parts = 60;
    private const int BarWidth = 50;

    private static readonly TimeSpan SpreadTimeout = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan SpreadPause = TimeSpan.FromMilliseconds(250);

    private readonly WriteSettings _settings;
    private readonly FigureService _service;
    private readonly TextWriter _output;
    private readonly List<ChildSilo> _silos = [];
    private readonly List<(TimeSpan At, TimeSpan Took)> _writes = [];
    private readonly long[] _acknowledged;
    private JoinedDriver? _driver;

    private WriteFigure(WriteSettings settings, FigureService service, TextWriter output)
    {
        _settings = settings;
        _service = service;
        _output = output;
        _acknowledged = new long[settings.Keys];
    }

    /// <summary>Runs and prints it.</summary>
    /// <returns>0 when nothing that was acknowledged is lost, else 1.</returns>
    public static async Task<int> RunAsync(WriteSettings settings, TextWriter output, CancellationToken cancellationToken)
    {
        await using FigureService service = new(settings.Gcs);
        await using WriteFigure figure = new(settings, service, TextWriter.Synchronized(output));
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
            _silos.Reverse();
            foreach (ChildSilo silo in _silos)
            {
                await silo.LeaveAsync().ConfigureAwait(false);
                silo.Dispose();
            }
        }
    }

    private static string KeyOf(int number) => string.Create(CultureInfo.InvariantCulture, $"key-{number:D21}");

    private async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        string[] arguments = ["--cpus", "1", "--object-store-memory", "64000000"];
        _silos.Add(await ChildSilo.StartAsync([.. arguments, .. _service.Arguments]).ConfigureAwait(false));
        for (int i = 0; i < 2; i++)
        {
            await JoinAsync(arguments).ConfigureAwait(false);
        }

        _driver = await JoinedDriver.StartAsync("figure", new RayOptions { Address = _silos[0].Address, CpusPerNode = 1, ObjectStoreBytes = 64_000_000 }).ConfigureAwait(false);
        ChildSilo busiest = await BusiestAsync(cancellationToken).ConfigureAwait(false);
        Stopwatch time = Stopwatch.StartNew();
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(_settings.Duration);
        Task<string?> writing = Task.Run(() => WriteAsync(time, end.Token), CancellationToken.None);
        await ChangeAsync(time, busiest, arguments, end.Token).ConfigureAwait(false);
        string? failure = await writing.ConfigureAwait(false);
        int lost = failure is null ? await CountLostAsync().ConfigureAwait(false) : 0;

        TimeSpan duration = time.Elapsed < _settings.Duration ? time.Elapsed : _settings.Duration;
        IReadOnlyList<WritePoint> series = WritePoint.Series(_writes, duration, Parts);
        Print(series);
        await WriteFilesAsync(series, duration).ConfigureAwait(false);
        TimeSpan longest = _writes.Max(static w => w.Took);
        await _output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{_writes.Count:N0} writes, the longest took {longest.TotalMilliseconds:0} ms (target {(_settings.Leaves ? 500 : 5000)} ms): {failure ?? (lost == 0 ? "all that was acknowledged is there" : $"{lost} acknowledged writes LOST")}")).ConfigureAwait(false);
        return failure is null && lost == 0 ? 0 : 1;
    }

    private async Task JoinAsync(string[] arguments) => _silos.Add(
        await ChildSilo.StartPatientlyAsync(_output.WriteLine, static _ => { }, ["--join", _silos[0].Address, .. arguments]).ConfigureAwait(false));

    /// <summary>Waits until the shards are where they belong; the silo with most of them, of those that may go: the first one keeps the membership.</summary>
    private async Task<ChildSilo> BusiestAsync(CancellationToken cancellationToken)
    {
        Stopwatch time = Stopwatch.StartNew();
        while (true)
        {
            Dictionary<NodeId, int> counts = [];
            try
            {
                for (int i = 0; i < new RayClusterOptions().ShardCount; i++)
                {
                    PartyStatus status = await _driver!.Grains.GetGrain<IGcsShardGrain>(i).GetStatus().ConfigureAwait(false);
                    counts[status.NodeId] = counts.GetValueOrDefault(status.NodeId) + 1;
                }
            }
            catch (Exception e) when (e is TimeoutException or Orleans.Runtime.OrleansException || (e is OperationCanceledException && !cancellationToken.IsCancellationRequested))
            {
                // One that moves just now does not answer; all are asked again.
                counts.Clear();
            }

            if (_silos.TrueForAll(s => counts.GetValueOrDefault(s.NodeId) >= new RayClusterOptions().ShardCount / _silos.Count))
            {
                return _silos.Skip(1).MaxBy(s => counts[s.NodeId])!;
            }

            if (time.Elapsed > SpreadTimeout)
            {
                throw new TimeoutException($"Shards are not spread over the silos after {SpreadTimeout.TotalSeconds:0} s.");
            }

            // Shards tell nobody that they have moved.
            await Task.Delay(SpreadPause, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>What went wrong; null: nothing.</summary>
    private async Task<string?> WriteAsync(Stopwatch time, CancellationToken end)
    {
        byte[] value = new byte[ValueLength];
        try
        {
            for (long number = 1; !end.IsCancellationRequested; number++)
            {
                int key = (int)(number % _settings.Keys);
                BinaryPrimitives.WriteInt64LittleEndian(value, number);
                TimeSpan at = time.Elapsed;
                await _driver!.Ray.Kv.PutAsync(KeyOf(key), value, CancellationToken.None).ConfigureAwait(false);
                _writes.Add((at, time.Elapsed - at));
                _acknowledged[key] = number;
            }

            return null;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return $"{e.GetType().Name}: {e.Message}";
        }
    }

    /// <summary>At a third of the time the silo goes, at two thirds another one comes.</summary>
    private async Task ChangeAsync(Stopwatch time, ChildSilo busiest, string[] arguments, CancellationToken end)
    {
        for (int step = 1; step <= 2; step++)
        {
            TimeSpan rest = (_settings.Duration * step / 3) - time.Elapsed;
            await Task.Delay(rest > TimeSpan.Zero ? rest : TimeSpan.Zero, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (end.IsCancellationRequested)
            {
                return;
            }

            Tell(time, step == 2 ? "another silo joins" : _settings.Leaves ? "the busiest silo leaves" : "the busiest silo is killed");
            if (step == 1)
            {
                _silos.Remove(busiest);
                await (_settings.Leaves ? busiest.LeaveAsync() : busiest.KillAsync()).ConfigureAwait(false);
                busiest.Dispose();
                Tell(time, "it is gone");
            }
            else
            {
                await JoinAsync(arguments).ConfigureAwait(false);
                Tell(time, "it is up");
            }
        }
    }

    private void Tell(Stopwatch time, string what) => _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{time.Elapsed.TotalSeconds,6:0.0} s  {what}"));

    private async Task<int> CountLostAsync()
    {
        int lost = 0;
        for (int key = 0; key < _acknowledged.Length; key++)
        {
            if (_acknowledged[key] != 0)
            {
                KeyValueEntry? entry = await _driver!.Ray.Kv.GetAsync(KeyOf(key)).ConfigureAwait(false);
                lost += entry is { Value.Length: ValueLength } && BinaryPrimitives.ReadInt64LittleEndian(entry.Value.Span) == _acknowledged[key] ? 0 : 1;
            }
        }

        return lost;
    }

    private void Print(IReadOnlyList<WritePoint> series)
    {
        double most = Math.Max(1, series.Max(static p => Math.Log10(1 + p.Longest)));
        _output.WriteLine();
        _output.WriteLine("  time   writes/s    median   longest   (ms; the bar is logarithmic)");
        foreach (WritePoint point in series)
        {
            _output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"{point.Seconds,6:0.0}  {point.PerSecond,9:0}  {point.Median,8:0.00}  {point.Longest,8:0.0}   {new string('#', (int)Math.Round(Math.Log10(1 + point.Longest) / most * BarWidth))}"));
        }
    }

    private async Task WriteFilesAsync(IReadOnlyList<WritePoint> series, TimeSpan duration)
    {
        if (_settings.Csv is { } csv)
        {
            StringBuilder lines = new("seconds,writes_per_second,median_ms,longest_ms\n");
            foreach (WritePoint point in series)
            {
                lines.Append(CultureInfo.InvariantCulture, $"{point.Seconds:0.###},{point.PerSecond:0.###},{point.Median:0.###},{point.Longest:0.###}\n");
            }

            await File.WriteAllTextAsync(csv, lines.ToString()).ConfigureAwait(false);
        }

        if (_settings.Svg is { } path)
        {
            SvgFigure figure = new()
            {
                Title = $"512-byte writes while the busiest silo {(_settings.Leaves ? "leaves" : "is killed")}, and another one joins",
                XAxis = "time (s)",
                LeftAxis = "writes per second",
                RightAxis = "longest write (ms)",
                X = [.. series.Select(static p => p.Seconds), duration.TotalSeconds],
            };
            figure.AddBars("writes per second", "#4c78a8", [.. series.Select(static p => p.PerSecond)]);
            figure.AddLine("longest write (ms)", "#e45756", [.. series.Select(static p => p.Longest)]);
            await File.WriteAllTextAsync(path, figure.Draw()).ConfigureAwait(false);
        }
    }
}
