using System.Diagnostics;
using System.Globalization;
using System.Text;
using RayOrleans.Grains;
using RayOrleans.Silo.Children;
using RayOrleans.Silo.Endurance;

namespace RayOrleans.Silo.Figures.Flushing;

/// <summary>
/// The paper's figure 10b: no-op tasks one after the other, and the memory of every process. References to all of them are passed to another node before they have ended, so the shards of the GCS
/// are told of every one, with what makes it again. Finished tasks leave the shards, so memory stays flat; where that is switched off, it grows with every task.
/// </summary>
internal sealed class FlushingFigure : IAsyncDisposable
{
    private const int RoundsAtOnce = 8;

    private const double AllowedShare = 0.1;
    private const double AllowedBytes = 64e6;

    private static readonly string[] Names = ["silo 1", "silo 2", "driver"];
    private static readonly string[] Colours = ["#4c78a8", "#f58518", "#54a24b"];

    private readonly FlushingSettings _settings;
    private readonly FigureService _service;
    private readonly TextWriter _output;
    private readonly List<FlushingLook> _looks = [];
    private readonly ChildSilo[] _silos = new ChildSilo[2];
    private readonly Stopwatch _time = new();
    private JoinedDriver? _driver;
    private long _ended;

    private FlushingFigure(FlushingSettings settings, FigureService service, TextWriter output)
    {
        _settings = settings;
        _service = service;
        _output = output;
    }

    /// <summary>Runs and prints it.</summary>
    /// <returns>0 when every result was right and memory did what it should, else 1.</returns>
    public static async Task<int> RunAsync(FlushingSettings settings, TextWriter output, CancellationToken cancellationToken)
    {
        await using FigureService service = new(settings.Gcs);
        await using FlushingFigure figure = new(settings, service, output);
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
            foreach (ChildSilo silo in _silos.Reverse().OfType<ChildSilo>())
            {
                await silo.LeaveAsync().ConfigureAwait(false);
                silo.Dispose();
            }
        }
    }

    private async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        string[] arguments = ["--cpus", "2", "--object-store-memory", "64000000", .. _settings.Flushes ? Array.Empty<string>() : ["--keep-finished-tasks"]];
        _silos[0] = await ChildSilo.StartAsync([.. arguments, .. _service.Arguments]).ConfigureAwait(false);
        _silos[1] = await ChildSilo.StartPatientlyAsync(_output.WriteLine, static _ => { }, ["--join", _silos[0].Address, .. arguments]).ConfigureAwait(false);
        _driver = await JoinedDriver.StartAsync("figure", new RayOptions { Address = _silos[0].Address, CpusPerNode = 1, ObjectStoreBytes = 64_000_000 }).ConfigureAwait(false);
        await _output.WriteLineAsync("    time         tasks      silo 1      silo 2      driver    table rows").ConfigureAwait(false);
        _time.Start();
        Task<string?> work = Task.Factory.StartNew(() => Work(cancellationToken), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        while (!work.IsCompleted)
        {
            await LookAsync().ConfigureAwait(false);
            await Task.WhenAny(work, Task.Delay(_settings.Look, CancellationToken.None)).ConfigureAwait(false);
        }

        string? wrong = await work.ConfigureAwait(false);
        await LookAsync().ConfigureAwait(false);
        await WriteAsync().ConfigureAwait(false);
        string verdict = wrong is not null ? $"WRONG: {wrong}" : Growth() is { } growth ? (_settings.Flushes ? $"NOT flat: {growth}" : $"it grows: {growth}") : "memory is flat";
        double perTask = (_looks[^1].Memory[0] + _looks[^1].Memory[1] - _looks[0].Memory[0] - _looks[0].Memory[1]) / Math.Max(1, _looks[^1].Tasks - _looks[0].Tasks);
        await _output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture,
            $"{_ended:N0} tasks in {_time.Elapsed.TotalSeconds:0} s ({_ended / _time.Elapsed.TotalSeconds:N0}/s), finished tasks {(_settings.Flushes ? "leave" : "stay in")} the shards, {perTask:0} bytes of the silos per task: {verdict}")).ConfigureAwait(false);
        return wrong is null && (!_settings.Flushes || Growth() is null) ? 0 : 1;
    }

    /// <summary>What is wrong; null: nothing.</summary>
    private string? Work(CancellationToken cancellationToken)
    {
        IRay ray = _driver!.Ray;
        RemoteOptions there = ray.Options(schedulingStrategy: SchedulingStrategy.NodeAffinity(_silos[1].NodeId));
        Queue<Round> going = new();
        try
        {
            for (long number = 0; ; number++)
            {
                bool goesOn = _ended + ((going.Count + 1) * Round.Tasks) <= _settings.Tasks && _time.Elapsed < _settings.Limit && !cancellationToken.IsCancellationRequested;
                if (goesOn)
                {
                    TimeSpan early = _settings.Rate == 0 ? TimeSpan.Zero : TimeSpan.FromSeconds((double)number * Round.Tasks / _settings.Rate) - _time.Elapsed;
                    if (early > TimeSpan.Zero)
                    {
                        // The rate that was asked for.
                        Thread.Sleep(early);
                    }

                    going.Enqueue(new Round(there, number));
                }

                if (going.Count > RoundsAtOnce || (!goesOn && going.Count > 0))
                {
                    using Round ended = going.Dequeue();
                    if (ended.WhatIsWrong(ray) is { } wrong)
                    {
                        return wrong;
                    }

                    Interlocked.Add(ref _ended, Round.Tasks);
                }
                else if (!goesOn)
                {
                    return null;
                }
            }
        }
        catch (RayException e)
        {
            return e.Message;
        }
        finally
        {
            foreach (Round round in going)
            {
                round.Dispose();
            }
        }
    }

    private async Task LookAsync()
    {
        double[] memory = [ProcessMemory.BytesOf(_silos[0].ProcessId), ProcessMemory.BytesOf(_silos[1].ProcessId), ProcessMemory.BytesOf(Environment.ProcessId)];
        double rows = 0;
        foreach (ChildSilo silo in _silos)
        {
            ILocalSchedulerGrain node = _driver!.Grains.GetLocalScheduler(_driver.Members.Find(silo.NodeId)?.Silo ?? throw new InvalidOperationException($"Node {silo.NodeId} is not a member any more."));
            rows += (await node.GetHoldings(false).ConfigureAwait(false)).GetValueOrDefault("table rows");
        }

        FlushingLook look = new(_time.Elapsed.TotalSeconds, Interlocked.Read(ref _ended), memory, rows);
        _looks.Add(look);
        await _output.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"{look.Seconds,6:0} s  {look.Tasks,12:N0}  {memory[0] / 1e6,7:0} MB  {memory[1] / 1e6,7:0} MB  {memory[2] / 1e6,7:0} MB  {rows,12:N0}")).ConfigureAwait(false);
    }

    private string? Growth() => Enumerable.Range(0, Names.Length)
        .Select(i => GrowthCheck.Find($"memory of {Names[i]}", [.. _looks.Select(l => l.Memory[i])], AllowedShare, AllowedBytes)).FirstOrDefault(static growth => growth is not null);

    private async Task WriteAsync()
    {
        if (_settings.Csv is { } csv)
        {
            StringBuilder lines = new("seconds,tasks,silo1_bytes,silo2_bytes,driver_bytes,table_rows\n");
            foreach (FlushingLook look in _looks)
            {
                lines.Append(CultureInfo.InvariantCulture, $"{look.Seconds:0.###},{look.Tasks},{look.Memory[0]:0},{look.Memory[1]:0},{look.Memory[2]:0},{look.Rows:0}\n");
            }

            await File.WriteAllTextAsync(csv, lines.ToString()).ConfigureAwait(false);
        }

        if (_settings.Svg is { } path)
        {
            SvgFigure figure = new()
            {
                Title = $"Sequential no-op tasks, finished ones {(_settings.Flushes ? "leave" : "stay in")} the shards of the GCS",
                XAxis = "time (s)",
                LeftAxis = "tasks (millions)",
                RightAxis = "memory (MB)",
                X = [.. _looks.Select(static l => l.Seconds), _looks[^1].Seconds + 0.001],
            };
            figure.AddBars("tasks", "#dddddd", [.. _looks.Select(static l => l.Tasks / 1e6)]);
            for (int i = 0; i < Names.Length; i++)
            {
                figure.AddLine(Names[i], Colours[i], [.. _looks.Select(l => l.Memory[i] / 1e6)]);
            }

            await File.WriteAllTextAsync(path, figure.Draw()).ConfigureAwait(false);
        }
    }
}
