namespace RayOrleans.Processes.Tests.Harness;

/// <summary>A process of the test silo, whose parties echo and which does what it is told.</summary>
internal sealed class EchoSilo : ChildProcess
{
    private int _next;

    private EchoSilo(string[] arguments)
        : base("The echo silo", "RayOrleans.Processes.TestSilo.dll", arguments)
    {
    }

    public string NodeId { get; private set; } = "";

    public string Address { get; private set; } = "";

    /// <summary>Starts a cluster, or joins the one of another silo.</summary>
    public static async Task<EchoSilo> StartAsync(string join = "", params string[] arguments)
    {
        EchoSilo silo = new([join, .. arguments]);
        try
        {
            (string line, silo._next) = await silo.FindAsync(silo.Output, l => l.StartsWith("up ", StringComparison.Ordinal), 0, "the line that says it is up");
            silo.NodeId = line.Split(' ')[1];
            silo.Address = line.Split(' ')[2];
            return silo;
        }
        catch
        {
            await silo.DisposeAsync();
            throw;
        }
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

    /// <summary>Has it do one thing that must succeed.</summary>
    public async Task<string> DoAsync(string command)
    {
        string answer = await TryAsync(command);
        return answer.StartsWith("ok", StringComparison.Ordinal)
            ? answer[2..].Trim()
            : throw new InvalidOperationException($"\"{command}\" failed: {answer}\n--- its log\n{Errors.All}");
    }

    /// <summary>Repeats a command until its answer fits.</summary>
    public async Task<string> UntilAsync(string command, Func<string, bool> fits, string what)
    {
        using CancellationTokenSource limit = new(Patience);
        while (true)
        {
            string answer = await TryAsync(command);
            if (answer.StartsWith("ok", StringComparison.Ordinal) && fits(answer[2..].Trim()))
            {
                return answer[2..].Trim();
            }

            if (limit.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited {Patience.TotalSeconds:0} s for {what}; the last answer to \"{command}\": {answer}\n--- its log\n{Errors.All}");
            }

            await Task.Yield();
        }
    }

    /// <summary>Ends it in order, by closing its input.</summary>
    public void Leave() => Input.Close();
}
