namespace RayOrleans.Processes.Tests.Harness;

/// <summary>
/// A first silo, two workers and a driver, each a process of its own; the workload between them, and what must be left when it is over.
/// </summary>
internal sealed class WorkCluster : IAsyncDisposable
{
    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(200);

    private readonly Silos _silos = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rayorleans-kill-");
    private readonly string _backEnd;

    private WorkCluster(string backEnd) => _backEnd = backEnd == "file" ? $"file:{_folder.FullName}" : backEnd;

    public WorkProcess First { get; private set; } = null!;

    public WorkProcess Steady { get; private set; } = null!;

    public WorkProcess Victim { get; private set; } = null!;

    public WorkProcess Driver { get; private set; } = null!;

    /// <param name="backEnd"><c>memory</c>, or <c>file</c> for files in a folder of the test.</param>
    public static async Task<WorkCluster> StartAsync(string backEnd = "file")
    {
        WorkCluster cluster = new(backEnd);
        try
        {
            cluster.First = cluster.Add(await WorkProcess.NodeAsync("the first silo", "", cluster._backEnd));
            WorkProcess[] workers = await Task.WhenAll(cluster.JoinAsync("the steady silo"), cluster.JoinAsync("the victim"));
            (cluster.Steady, cluster.Victim) = (workers[0], workers[1]);
            cluster.Driver = cluster.Add(await WorkProcess.DriverAsync(cluster.First.Address));
            await cluster.UntilAsync(cluster.Driver, "members", m => m.Split(' ').Length == 4, "the driver to know all members");
            await Task.WhenAll(new[] { cluster.First, cluster.Steady, cluster.Victim }.Select(s => cluster.UntilAsync(s, "members", m => m.Split(' ').Length == 4, $"{s.Name} to know all members")));
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public async Task<WorkProcess> JoinAsync(string name) => Add(await WorkProcess.NodeAsync(name, First.Address, ""));

    /// <summary>Waits until the shards are spread; the silo with most of them, but for the first, which keeps the membership.</summary>
    public async Task<WorkProcess> BusiestAsync()
    {
        WorkProcess[] silos = [First, Steady, Victim];
        using CancellationTokenSource limit = new(ChildProcess.Patience);
        while (true)
        {
            // A shard that moves just now may not answer in time.
            string answer = await First.TryAsync("shards");
            ShardPlace[] places = answer.StartsWith("ok", StringComparison.Ordinal) ? ShardPlace.Parse(answer[2..].Trim()) : [];
            if (places.Length > 0 && silos.All(s => places.Count(p => p.NodeId == s.NodeId) >= places.Length / silos.Length))
            {
                return silos.Skip(1).MaxBy(s => places.Count(p => p.NodeId == s.NodeId))!;
            }

            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited {ChildProcess.Patience.TotalSeconds:0} s for shards to be spread: {answer}\n{Logs()}");
            }

            await Task.Delay(LookPause);
        }
    }

    /// <summary>Starts the workload and waits until everything is submitted.</summary>
    public async Task LoadAsync(int seed)
    {
        await Driver.DoAsync($"run {seed} {First.NodeId},{Steady.NodeId}");
        await Driver.LineAsync(l => l.StartsWith("load ", StringComparison.Ordinal) || l.StartsWith("wrong ", StringComparison.Ordinal), "the load to be submitted");
    }

    /// <summary>Waits until the workload has ended with every answer right.</summary>
    public async Task<string> RightAsync()
    {
        string line = await Driver.LineAsync(l => l.StartsWith("right ", StringComparison.Ordinal) || l.StartsWith("wrong ", StringComparison.Ordinal), "the answers");
        return line.StartsWith("right ", StringComparison.Ordinal) ? line : throw new InvalidOperationException($"{line}\n{await WhatTheyKnowAsync(line)}{Logs()}");
    }

    /// <summary>
    /// Waits until nothing is left on any of these: no object, task, transit, row; all resources and the whole store free. Every one is asked
    /// in each round, which also has it collect its garbage: what one keeps alive on another is dropped by that.
    /// </summary>
    public async Task NothingIsLeftAsync(params WorkProcess[] living)
    {
        using CancellationTokenSource limit = new(ChildProcess.Patience);
        while (true)
        {
            string[] left = await Task.WhenAll(living.Select(p => p.DoAsync("left")));
            if (left.All(l => l == "nothing"))
            {
                return;
            }

            if (limit.IsCancellationRequested)
            {
                await HeapDumps.WriteAsync(living.Where((_, i) => left[i] != "nothing"));
                string all = string.Join('\n', await Task.WhenAll(living.Select(async (p, i) => $"{p.Name} {p.NodeId}: {left[i]}; {await p.DoAsync("actors")}; {await p.DoAsync("entries")}")));
                throw new TimeoutException($"Waited {ChildProcess.Patience.TotalSeconds:0} s for nothing to be left:\n{all}\n{Logs()}");
            }

            // Another process is asked again, within the limit: it tells of nothing by itself.
            await Task.Delay(LookPause);
        }
    }

    public async Task<string> UntilAsync(WorkProcess process, string command, Func<string, bool> fits, string what)
    {
        using CancellationTokenSource limit = new(ChildProcess.Patience);
        while (true)
        {
            string answer = await process.DoAsync(command);
            if (fits(answer))
            {
                return answer;
            }

            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited {ChildProcess.Patience.TotalSeconds:0} s for {what}; the last answer: {answer}\n{Logs()}");
            }

            // Another process is asked again, within the limit: it tells of nothing by itself.
            await Task.Delay(LookPause);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _silos.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    private WorkProcess Add(WorkProcess process) => _silos.Add(process);

    /// <summary>What the living nodes know of the objects that were waited for in vain.</summary>
    private async Task<string> WhatTheyKnowAsync(string line)
    {
        List<string> known = [];
        foreach (string id in line.Split(' ').Select(w => w.TrimEnd(':', ',', '.')).Where(w => w.Length > 33 && w[32] == ':').Distinct().Take(6))
        {
            foreach (WorkProcess process in new[] { First, Steady, Driver }.Where(p => !p.HasExited))
            {
                known.Add($"{id} on {process.Name} ({process.NodeId}): {await process.DoAsync($"describe {id}")}");
            }
        }

        foreach (WorkProcess process in new[] { First, Steady, Driver }.Where(p => !p.HasExited))
        {
            known.Add($"{process.Name} ({process.NodeId}): {await process.DoAsync("status")}; actors: {await process.DoAsync("actors")}");
        }

        return string.Join('\n', known) + '\n';
    }

    private string Logs() => string.Join('\n', new[] { First, Steady, Victim, Driver }.Select(p => $"--- {p.Name} ({p.NodeId})\n{p.Output.All}\n{p.Errors.All}"));
}
