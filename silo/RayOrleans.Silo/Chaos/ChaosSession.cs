using System.Diagnostics;
using System.Globalization;
using RayOrleans.Silo.Chaos.Network;
using RayOrleans.Silo.Chaos.Workloads;
using RayOrleans.Silo.Children;

namespace RayOrleans.Silo.Chaos;

/// <summary>
/// A cluster of this machine's own, work on it whose answers are known, and faults until the time is over; then whether every answer was right,
/// nothing hung, and nothing is left.
/// </summary>
internal sealed class ChaosSession : IAsyncDisposable
{
    private const int ListedTasks = 200;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    private readonly ChaosSettings _settings;
    private readonly TextWriter _output;
    private readonly Stopwatch _time = Stopwatch.StartNew();
    private readonly List<ChaosWorker> _workers = [];
    private readonly List<Task> _faults = [];
    private readonly Dictionary<FaultKind, int> _counts = [];
    private readonly ChaosNetwork? _network;
    private readonly List<SiloGate> _gates = [];
    private ChildSilo? _first;
    private JoinedDriver? _driver;
    private WorkloadRun[] _runs = [];

    private ChaosSession(ChaosSettings settings, TextWriter output)
    {
        _settings = settings;
        _output = TextWriter.Synchronized(output);
        _network = settings.Faults.Any(static kind => new Fault { Kind = kind }.IsOfNetwork) ? new ChaosNetwork() : null;
    }

    /// <summary>Runs all of it and prints what happens and how it ended.</summary>
    /// <returns>0 when everything was as it must be, else 1.</returns>
    public static async Task<int> RunAsync(ChaosSettings settings, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        if (!ProcessSignal.IsSupported)
        {
            await error.WriteLineAsync("chaos needs signals to processes: Linux or macOS.").ConfigureAwait(false);
            return 1;
        }

        if (settings.Faults.Any(static kind => new Fault { Kind = kind }.IsOfNetwork) && !ChaosNetwork.IsSupported)
        {
            await error.WriteLineAsync($"chaos cuts connections on Linux only; use --fault {FaultKind.Kill} and others that happen to processes.").ConfigureAwait(false);
            return 1;
        }

        ChaosReport report;
        await using (ChaosSession session = new(settings, output))
        {
            report = await session.RunAsync(cancellationToken).ConfigureAwait(false);
        }

        report.AddFiles(LeftFiles.Of(ChildSilo.Started));
        report.Print(output);
        return report.IsClean ? 0 : 1;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Task.WhenAll(_faults).ConfigureAwait(false);
            if (_driver is not null)
            {
                await _driver.DisposeAsync().ConfigureAwait(false);
            }
        }
        finally
        {
            await Task.WhenAll(_workers.Select(static worker => worker.EndAsync())).ConfigureAwait(false);
            if (_first is not null)
            {
                await _first.LeaveAsync().ConfigureAwait(false);
                _first.Dispose();
            }

            foreach (SiloGate gate in _gates)
            {
                await gate.DisposeAsync().ConfigureAwait(false);
            }
        }
    }

    private async Task<ChaosReport> RunAsync(CancellationToken cancellationToken)
    {
        await StartAsync().ConfigureAwait(false);
        IWorkload[] workloads = [new MapReduceSum(_settings.Seed), new NestedTree(_settings.Seed), new HashChain(_settings.Seed), new ObjectChurn(_settings.Seed)];
        _runs = [.. workloads.Select(w => new WorkloadRun(w, _driver!.Ray))];
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(_settings.Duration);
        foreach (Fault fault in FaultPlan.Of(_settings.Seed, _settings.Workers, _settings.Faults))
        {
            if (!await WatchAsync(fault.Pause, end.Token).ConfigureAwait(false))
            {
                break;
            }

            Begin(fault, end.Token);
        }

        return await FinishAsync().ConfigureAwait(false);
    }

    private async Task StartAsync()
    {
        string seed = _settings.Seed.ToString(CultureInfo.InvariantCulture);
        Say($"chaos with seed {seed} for {_settings.Duration.TotalMinutes:0.##} min: {_settings.Workers} workers, faults {string.Join(", ", _settings.Faults)}");
        string[] arguments = ["--cpus", "2", "--object-store-memory", "256000000"];
        SiloGate? first = Open(ChaosNetwork.First);
        _first = await ChildSilo.StartAsync(process => _network?.Register(process, ChaosNetwork.First), [.. arguments, .. first?.Arguments ?? []]).ConfigureAwait(false);
        for (int i = 0; i < _settings.Workers; i++)
        {
            _workers.Add(new ChaosWorker(i, _first.Address, arguments, _network, Say));
        }

        await Task.WhenAll(_workers.Select(w => w.StartAsync())).ConfigureAwait(false);
        _driver = await JoinedDriver.StartAsync("chaos", new RayOptions { Address = _first.Address, CpusPerNode = 1, ObjectStoreBytes = 256_000_000 }, Open(ChaosNetwork.Driver) is { } gate ? gate.ApplyTo : null)
            .ConfigureAwait(false);
    }

    private SiloGate? Open(int place)
    {
        SiloGate? gate = _network?.Open(place);
        if (gate is not null)
        {
            _gates.Add(gate);
        }

        return gate;
    }

    /// <summary>Looks after everybody until the pause is over. False: the time is over, or something is wrong.</summary>
    private async Task<bool> WatchAsync(TimeSpan pause, CancellationToken end)
    {
        Stopwatch time = Stopwatch.StartNew();
        do
        {
            if (end.IsCancellationRequested || _runs.Any(r => r.HasEnded || r.SinceLastRound > _settings.Bound))
            {
                return false;
            }

            await Task.Delay(Look, CancellationToken.None).ConfigureAwait(false);
        }
        while (time.Elapsed < pause);
        return true;
    }

    private void Begin(Fault fault, CancellationToken end)
    {
        _faults.RemoveAll(static f => f.IsCompletedSuccessfully);
        if (_faults.Count > 0)
        {
            // One at a time, so that at most two nodes are missing at once.
            return;
        }

        _counts[fault.Kind] = _counts.GetValueOrDefault(fault.Kind) + 1;
        Say($"{fault.Kind} worker {fault.Victim} for {fault.Duration.TotalSeconds:0.0} s");
        _faults.Add(SufferAsync(fault, end));
    }

    private async Task SufferAsync(Fault fault, CancellationToken end)
    {
        if (fault.IsOfNetwork)
        {
            await SufferNetworkAsync(fault, end).ConfigureAwait(false);
            return;
        }

        List<Task> suffering = [_workers[fault.Victim].SufferAsync(fault.Kind, fault.Duration, end)];
        if (fault.Kind == FaultKind.KillTwo && _workers.Count > 1)
        {
            suffering.Add(_workers[(fault.Victim + 1) % _workers.Count].SufferAsync(fault.Kind, fault.Duration, end));
        }

        await Task.WhenAll(suffering).ConfigureAwait(false);
        await LookAsync().ConfigureAwait(false);
    }

    private async Task SufferNetworkAsync(Fault fault, CancellationToken end)
    {
        switch (fault.Kind)
        {
            case FaultKind.CutOff:
                _network!.Isolate(fault.Victim, LinkState.Refused);
                break;
            case FaultKind.Silence:
                _network!.Isolate(fault.Victim, LinkState.Held);
                break;
            case FaultKind.Part:
                int other = _workers.Count > 1 ? (fault.Victim + 1) % _workers.Count : ChaosNetwork.Driver;
                _network!.Separate(fault.Victim, other, LinkState.Held);
                break;
            case FaultKind.Delay:
                _network!.Delay(fault.Victim, fault.Lag, fault.IsOutward);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(fault), fault.Kind, "This is no fault of the network.");
        }

        await Task.Delay(fault.Duration, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _network.Heal();
        Say($"the network is healed after {fault.Kind}");
        await LookAsync().ConfigureAwait(false);
    }

    private async Task LookAsync()
    {
        foreach (ChaosWorker worker in _workers)
        {
            await worker.LookAsync().ConfigureAwait(false);
        }
    }

    private async Task<ChaosReport> FinishAsync()
    {
        Say("the faults end");
        await Task.WhenAll(_faults).ConfigureAwait(false);
        Array.ForEach(_runs, static run => run.Stop());
        while (_runs.Any(r => !r.HasEnded && r.SinceLastRound <= _settings.Bound))
        {
            await Task.Delay(Look).ConfigureAwait(false);
        }

        ChaosReport report = new();
        foreach (WorkloadRun run in _runs)
        {
            report.Add(run, _settings.Bound);
        }

        if (_runs.Any(static run => !run.HasEnded))
        {
            report.AddUnfinished(await UnfinishedAsync().ConfigureAwait(false));
        }

        report.AddStrangers(await StrangersAsync().ConfigureAwait(false));
        report.Add(_counts, _workers);
        report.Add(await HoldingsAsync(report.IsClean).ConfigureAwait(false));
        return report;
    }

    /// <summary>What hangs, as the nodes list it.</summary>
    private async Task<IReadOnlyList<string>> UnfinishedAsync()
    {
        StateList<TaskInfo> tasks = await _driver!.Ray.State
            .TasksAsync(static task => task.State is not (TaskState.Succeeded or TaskState.Failed or TaskState.Cancelled), ListedTasks).ConfigureAwait(false);
        return [.. tasks.Select(task => $"{task.TaskId} {task.Name} attempt {task.Attempt}: {task.State} on {task.NodeId}, parent {task.ParentTaskId}")];
    }

    /// <summary>Processes that go on though their nodes were declared dead; whoever can be reached again must find out and end, within the bound.</summary>
    private async Task<IReadOnlyList<string>> StrangersAsync()
    {
        Stopwatch time = Stopwatch.StartNew();
        while (true)
        {
            await LookAsync().ConfigureAwait(false);
            HashSet<NodeId> members = [.. _driver!.Members.Living.Select(static m => m.NodeId)];
            NodeId[] strangers = [.. _workers.Select(static w => w.LivingNode).OfType<NodeId>().Where(n => !members.Contains(n))];
            if (strangers.Length == 0 || time.Elapsed > _settings.Bound)
            {
                return [.. strangers.Select(static n => $"node {n} was declared dead, and its process has neither found out nor ended")];
            }

            await Task.Delay(Look).ConfigureAwait(false);
        }
    }

    /// <summary>What the living nodes hold when nothing runs any more; they are asked until they hold nothing, or for as long as the bound says.</summary>
    private async Task<IReadOnlyList<string>> HoldingsAsync(bool mayBeEmpty)
    {
        Stopwatch time = Stopwatch.StartNew();
        while (true)
        {
            List<string> held = [];
            Describe(held, "the driver", _driver!.Node.GetHoldings(collectGarbage: true));
            foreach (Grains.MemberEntry member in _driver.Members.Living.Where(m => m.NodeId != _driver.Node.NodeId))
            {
                try
                {
                    Describe(held, $"node {member.NodeId}", await Grains.LocalSchedulerGrainExtensions.GetLocalScheduler(_driver.Grains, member.Silo).GetHoldings(true).ConfigureAwait(false));
                }
                catch (Exception e)
                {
                    held.Add($"node {member.NodeId} did not say what it holds: {e.Message}");
                }
            }

            if (held.Count == 0 || !mayBeEmpty || time.Elapsed > _settings.Bound)
            {
                return held;
            }

            await Task.Delay(Look).ConfigureAwait(false);
        }
    }

    private static void Describe(List<string> held, string who, IReadOnlyDictionary<string, double> holdings)
    {
        if (holdings.Count > 0)
        {
            held.Add(string.Create(CultureInfo.InvariantCulture, $"{who} holds {string.Join(", ", holdings.Select(h => $"{h.Key} {h.Value}"))}"));
        }
    }

    private void Say(string what) => _output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{_time.Elapsed.TotalSeconds,7:0.0}  {what}"));
}
