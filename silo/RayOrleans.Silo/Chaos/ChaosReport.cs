using System.Globalization;
using RayOrleans.Silo.Chaos.Workloads;

namespace RayOrleans.Silo.Chaos;

/// <summary>How a run ended.</summary>
internal sealed class ChaosReport
{
    private readonly List<string> _lines = [];
    private readonly List<string> _failures = [];

    /// <summary>Whether nothing was wrong.</summary>
    public bool IsClean => _failures.Count == 0;

    /// <summary>What was wrong.</summary>
    public IReadOnlyList<string> Failures => _failures;

    /// <summary>What a workload came to.</summary>
    public void Add(WorkloadRun run, TimeSpan bound)
    {
        string verdict = run.Failure switch
        {
            null when !run.HasEnded => $"hangs: no round was finished for {run.SinceLastRound.TotalSeconds:0} s, more than {bound.TotalSeconds:0} s",
            null => "all right",
            WrongAnswerException wrong => $"WRONG: {wrong.Message}",
            { } failure => $"failed: {failure}",
        };
        string line = string.Create(
            CultureInfo.InvariantCulture,
            $"{run.Name}: {run.Rounds} rounds, {run.Answers} answers, longest round {run.LongestRound.TotalSeconds:0.0} s: {verdict}");
        _lines.Add(line);
        if (verdict != "all right")
        {
            _failures.Add(line);
        }
    }

    /// <summary>Tasks that have not ended, for whoever looks into a hang.</summary>
    public void AddUnfinished(IReadOnlyList<string> tasks) => _lines.Add($"unfinished tasks:\n  {string.Join("\n  ", tasks)}");

    /// <summary>Processes that go on though their nodes were declared dead.</summary>
    public void AddStrangers(IReadOnlyList<string> strangers) => AddProblems("nodes that were declared dead", strangers);

    /// <summary>What was done, and processes that ended otherwise than they should.</summary>
    public void Add(IReadOnlyDictionary<FaultKind, int> counts, IReadOnlyList<ChaosWorker> workers)
    {
        _lines.Add($"faults: {(counts.Count == 0 ? "none" : string.Join(", ", counts.OrderBy(c => c.Key).Select(c => $"{c.Key} {c.Value}")))}; {workers.Sum(w => w.Starts)} worker processes, {workers.Sum(w => w.Deaths)} of which were declared dead and ended themselves");
        AddProblems("processes", [.. workers.SelectMany(w => w.UnexpectedExits)]);
    }

    /// <summary>What nodes hold that should hold nothing.</summary>
    public void Add(IReadOnlyList<string> holdings) => AddProblems("objects, tasks, actors, resources, table rows, store bytes", holdings);

    /// <summary>Files that should be gone.</summary>
    public void AddFiles(IReadOnlyList<string> files) => AddProblems("files", files);

    /// <summary>Prints it.</summary>
    public void Print(TextWriter output)
    {
        output.WriteLine();
        _lines.ForEach(output.WriteLine);
        output.WriteLine(IsClean ? "integrity: clean" : $"integrity: VIOLATED ({_failures.Count})");
    }

    private void AddProblems(string what, IReadOnlyList<string> problems)
    {
        _lines.Add(problems.Count == 0 ? $"{what}: nothing left" : $"{what}: {string.Join("\n  ", problems)}");
        _failures.AddRange(problems);
    }
}
