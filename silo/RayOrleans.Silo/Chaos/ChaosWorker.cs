using RayOrleans.Silo.Chaos.Network;
using RayOrleans.Silo.Children;

namespace RayOrleans.Silo.Chaos;

/// <summary>A place in the cluster that a worker's process fills; when that ends, for whatever reason, another one joins.</summary>
internal sealed class ChaosWorker(int index, string join, string[] arguments, ChaosNetwork? network, Action<string> log)
{
    private const int KillExitCode = 137;

    private ChildSilo? _silo;
    private SiloGate? _gate;
    private Task? _restart;

    /// <summary>Exits that no fault explains, with the end of the process's log.</summary>
    public List<string> UnexpectedExits { get; } = [];

    /// <summary>Processes started so far.</summary>
    public int Starts { get; private set; }

    /// <summary>Processes that found out that their node was declared dead, and ended.</summary>
    public int Deaths { get; private set; }

    /// <summary>The node of the process that runs now.</summary>
    public NodeId? LivingNode => _silo is { HasExited: false } silo ? silo.NodeId : null;

    public async Task StartAsync()
    {
        _gate = network?.Open(index);
        _silo = await ChildSilo.StartPatientlyAsync(log, process => network?.Register(process, index), ["--join", join, .. arguments, .. _gate?.Arguments ?? []]).ConfigureAwait(false);
        Starts++;
        log($"worker {index} is up: node {_silo.NodeId}, process {_silo.ProcessId}");
    }

    /// <summary>Does something to it; returns when that is over and a process is there again.</summary>
    public async Task SufferAsync(FaultKind kind, TimeSpan duration, CancellationToken cancellationToken)
    {
        ChildSilo silo = _silo!;
        if (silo.HasExited)
        {
            await ReplaceAsync(silo, mayDie: true).ConfigureAwait(false);
            return;
        }

        switch (kind)
        {
            case FaultKind.Kill or FaultKind.KillTwo:
                await silo.KillAsync().ConfigureAwait(false);
                await Pause(duration, cancellationToken).ConfigureAwait(false);
                await ReplaceAsync(silo, mayDie: true).ConfigureAwait(false);
                break;
            case FaultKind.Leave:
                await silo.LeaveAsync().ConfigureAwait(false);
                await Pause(duration, cancellationToken).ConfigureAwait(false);
                await ReplaceAsync(silo, mayDie: false).ConfigureAwait(false);
                break;
            case FaultKind.Freeze:
                silo.Signal(ProcessSignal.Stop);
                await Pause(duration, cancellationToken).ConfigureAwait(false);
                silo.Signal(ProcessSignal.Continue);
                break;
            case FaultKind.Slow:
                await SlowAsync(silo, duration, cancellationToken).ConfigureAwait(false);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(kind), kind, "There is no such fault.");
        }
    }

    /// <summary>Looks whether the process has ended by itself, as one does that was declared dead while it was frozen, and replaces it.</summary>
    public async Task LookAsync()
    {
        if (_silo is { HasExited: true } silo)
        {
            await ReplaceAsync(silo, mayDie: true).ConfigureAwait(false);
        }
    }

    /// <summary>Ends it for good.</summary>
    public async Task EndAsync()
    {
        if (_silo is { } silo)
        {
            await silo.LeaveAsync().ConfigureAwait(false);
            Note(silo, mayDie: true);
            await DisposeAsync(silo).ConfigureAwait(false);
        }
    }

    private static async Task SlowAsync(ChildSilo silo, TimeSpan duration, CancellationToken cancellationToken)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        end.CancelAfter(duration);
        while (!end.IsCancellationRequested && !silo.HasExited)
        {
            silo.Signal(ProcessSignal.Stop);
            await Pause(TimeSpan.FromMilliseconds(80), end.Token).ConfigureAwait(false);
            silo.Signal(ProcessSignal.Continue);
            await Pause(TimeSpan.FromMilliseconds(20), end.Token).ConfigureAwait(false);
        }
    }

    private static async Task Pause(TimeSpan time, CancellationToken cancellationToken) =>
        await Task.Delay(time, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private async Task ReplaceAsync(ChildSilo silo, bool mayDie)
    {
        if (_restart is { IsCompleted: false })
        {
            await _restart.ConfigureAwait(false);
            return;
        }

        _restart = ReplaceCoreAsync(silo, mayDie);
        await _restart.ConfigureAwait(false);
    }

    private async Task ReplaceCoreAsync(ChildSilo silo, bool mayDie)
    {
        Note(silo, mayDie);
        await DisposeAsync(silo).ConfigureAwait(false);
        await StartAsync().ConfigureAwait(false);
    }

    private async ValueTask DisposeAsync(ChildSilo silo)
    {
        silo.Dispose();
        if (_gate is { } gate)
        {
            await gate.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Note(ChildSilo silo, bool mayDie)
    {
        int code = silo.ExitCode;
        Deaths += code == Hosting.SiloProcess.DiedExitCode ? 1 : 0;
        if (!(code == 0 || (mayDie && code is KillExitCode or Hosting.SiloProcess.DiedExitCode)))
        {
            UnexpectedExits.Add($"worker {index}, process {silo.ProcessId}, ended with code {code}:\n{silo.Log}");
        }
    }
}
