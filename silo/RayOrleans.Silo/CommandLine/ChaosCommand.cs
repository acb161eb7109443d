using System.CommandLine;
using RayOrleans.Silo.Chaos;
using RayOrleans.Silo.Chaos.Network;

namespace RayOrleans.Silo.CommandLine;

/// <summary>The command <c>chaos</c>: faults on a cluster of this machine's own, while work runs on it whose answers are known.</summary>
internal static class ChaosCommand
{
    private const double DefaultMinutes = 2;
    private const double LeastMinutes = 0.05;
    private const double MostMinutes = 24 * 60;
    private const int DefaultWorkers = 3;
    private const int MostWorkers = 32;
    private const int DefaultBound = 120;

    /// <summary>The command with its options.</summary>
    public static Command Create()
    {
        Option<int> seed = NumberOption.Create("--seed", "Decides about the faults and the load.", 1, 0, int.MaxValue);
        Option<double> minutes = NumberOption.Create("--minutes", "How long faults happen.", DefaultMinutes, LeastMinutes, MostMinutes);
        Option<int> workers = NumberOption.Create("--workers", "Nodes that faults happen to, beside the first one.", DefaultWorkers, 1, MostWorkers);
        Option<int> bound = NumberOption.Create("--bound", "Seconds in which every workload must finish a round; longer is a hang.", DefaultBound, 5, 3600);
        Option<FaultKind[]> faults = new("--fault") { Description = "Only this: Kill, KillTwo, Leave, Freeze, Slow, CutOff, Silence, Part or Delay. May be given several times; default: all of them, and outside of Linux the first five." };

        Command command = new("chaos", "Starts a cluster of several processes, kills, freezes, slows down, replaces them and cuts their connections while checked work runs, and says whether anything was wrong or is left.")
        {
            seed, minutes, workers, bound, faults,
        };
        command.SetAction((parsed, cancellationToken) => ChaosSession.RunAsync(
            new ChaosSettings
            {
                Seed = parsed.GetValue(seed),
                Duration = TimeSpan.FromMinutes(parsed.GetValue(minutes)),
                Workers = parsed.GetValue(workers),
                Bound = TimeSpan.FromSeconds(parsed.GetValue(bound)),
                Faults = parsed.GetValue(faults) is { Length: > 0 } some ? some
                    : [.. Enum.GetValues<FaultKind>().Where(static kind => ChaosNetwork.IsSupported || !new Fault { Kind = kind }.IsOfNetwork)],
            },
            parsed.InvocationConfiguration.Output,
            parsed.InvocationConfiguration.Error,
            cancellationToken));
        return command;
    }
}
