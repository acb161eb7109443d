namespace RayOrleans.Processes.Tests.Harness;

/// <summary>A process of the test silo that hosts a real node, or drives work on such nodes.</summary>
internal sealed class WorkProcess : ChildProcess
{
    private int _next;

    private WorkProcess(string name, string[] arguments)
        : base(name, "RayOrleans.Processes.TestSilo.dll", arguments) => Name = name;

    public string Name { get; }

    public string NodeId { get; private set; } = "";

    public string Address { get; private set; } = "";

    /// <summary>Starts a cluster, or joins one; the back end is the first silo's choice.</summary>
    public static Task<WorkProcess> NodeAsync(string name, string join, string backEnd, int cpus = 4) =>
        StartAsync(new WorkProcess(name, ["node", join, backEnd, $"{cpus}"]));

    public static Task<WorkProcess> DriverAsync(string address, int cpus = 2) => StartAsync(new WorkProcess("the driver", ["drive", address, $"{cpus}"]));

    /// <summary>Has it do one thing that must succeed, and gives its answer.</summary>
    public async Task<string> DoAsync(string command)
    {
        string line = await TryAsync(command);
        return line.StartsWith("ok", StringComparison.Ordinal)
            ? line[2..].Trim()
            : throw new InvalidOperationException($"{Name}: \"{command}\" failed: {line}\n--- its log\n{Errors.All}");
    }

    /// <summary>Has it do one thing, and gives its answer: "ok ..." or "error ...".</summary>
    public async Task<string> TryAsync(string command)
    {
        await Input.WriteLineAsync(command);
        await Input.FlushAsync();
        (string line, _next) = await FindAsync(
            Output,
            l => l.StartsWith("ok", StringComparison.Ordinal) || l.StartsWith("error", StringComparison.Ordinal),
            _next,
            $"the answer to \"{command}\"");
        return line;
    }

    /// <summary>Ends it in order, by closing its input.</summary>
    public void Leave() => Input.Close();

    private static async Task<WorkProcess> StartAsync(WorkProcess process)
    {
        try
        {
            string line = await process.LineAsync(l => l.StartsWith("up ", StringComparison.Ordinal), "the line that says it is up");
            process.NodeId = line.Split(' ')[1];
            process.Address = line.Split(' ')[2];
            return process;
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }
}
