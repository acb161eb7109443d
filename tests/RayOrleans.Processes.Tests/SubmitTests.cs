using RayOrleans.Processes.Tests.Harness;

namespace RayOrleans.Processes.Tests;

/// <summary>Programs that run inside the cluster: <c>submit</c> and <c>jobs</c> of the shipped executable.</summary>
[Collection("processes")]
public sealed class SubmitTests
{
    [Fact]
    public async Task Program_RunsInTheCluster_AndGoesWithItsNode()
    {
        using ScriptFolder folder = new();
        string program = folder.Write("program", """
            #!/bin/sh
            echo "out $1 $LEVEL $(cat data.txt) $RAYORLEANS_ADDRESS $RAYORLEANS_SUBMITTED_JOB"
            echo "err $RayOrleans__Cluster__Secret." >&2
            [ "$1" = wait ] && { echo "$$" > "$2"; sleep 600; }
            exit 7
            """);
        folder.Write("data.txt", "beside");
        await using Silos silos = new();
        RealSilo first = await silos.RealAsync();
        string port = first.Address[(first.Address.LastIndexOf(':') + 1)..];
        RealSilo Run(params string[] arguments) => silos.Add(RealSilo.Run(arguments));

        RealSilo submit = Run("submit", "--address", first.Address, "--id", "one", "--env", "LEVEL=2", program, "--", "a b");
        Assert.Equal(7, await submit.ExitCodeAsync("the program's end"));
        await submit.LineAsync(l => l == $"out a b 2 beside local:{port} one", "what the program wrote");
        await submit.ErrorLineAsync(l => l == "err .", "what it wrote to standard error");

        string pidFile = folder.Path("pid");
        RealSilo long1 = Run("submit", "--address", $"local:{port}", "--id", "two", program, "--", "wait", pidFile);
        await long1.LineAsync(l => l.StartsWith("out wait", StringComparison.Ordinal), "the long program's first line");
        RealSilo again = Run("submit", "--address", first.Address, "--id", "two", program);
        Assert.Equal(1, await again.ExitCodeAsync("the refusal of an id that is taken"));
        await again.ErrorLineAsync(l => l.Contains("a job two in this cluster already", StringComparison.Ordinal), "its reason");
        RealSilo stop = Run("jobs", "stop", "two", "--address", first.Address);
        Assert.Equal(0, await stop.ExitCodeAsync("the stop"));
        Assert.Equal(128 + Signals.Terminate, await long1.ExitCodeAsync("the end of the one that followed"));

        RealSilo list = Run("jobs", "list", "--address", first.Address);
        await list.LineAsync(l => l.StartsWith("two  Stopped", StringComparison.Ordinal), "the stopped job");
        await list.LineAsync(l => l.StartsWith("one  Failed        7", StringComparison.Ordinal), "the job that failed");
        RealSilo logs = Run("jobs", "logs", "one", "--address", first.Address);
        await logs.LineAsync(l => l.StartsWith("out a b 2", StringComparison.Ordinal), "what was written before");

        File.Delete(pidFile);
        RealSilo second = await silos.RealAsync("--join", first.Address);
        string other = second.Address[(second.Address.LastIndexOf(':') + 1)..];
        RealSilo submitted = Run("submit", "--no-wait", "--address", second.Address, "--id", "three", program, "--", "wait", pidFile);
        Assert.Equal(0, await submitted.ExitCodeAsync("a program that nobody waits for"));
        RealSilo follows = Run("jobs", "logs", "three", "--follow", "--address", first.Address);
        await follows.LineAsync(l => l.Contains($"local:{other} ", StringComparison.Ordinal), "what it wrote, attached to the node that it was submitted to");
        int id = await PidAsync(pidFile);
        second.Kill();
        Assert.Equal(125, await follows.ExitCodeAsync("the end of a program whose node was killed"));
        await follows.ErrorLineAsync(l => l.Contains("is gone", StringComparison.Ordinal), "why");
        await OtherProcesses.GoneAsync(id, "of a program whose node was killed");
    }

    private static async Task<int> PidAsync(string file)
    {
        DateTime limit = DateTime.UtcNow + ChildProcess.Patience;
        while (DateTime.UtcNow < limit)
        {
            if (File.Exists(file) && int.TryParse(await File.ReadAllTextAsync(file), out int id))
            {
                return id;
            }

            // Written by another program, which tells nobody.
            await Task.Delay(20);
        }

        throw new TimeoutException("The program did not write its process id.");
    }

    private sealed class ScriptFolder : IDisposable
    {
        private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rayorleans-submit-");

        public string Path(string name) => System.IO.Path.Combine(_folder.FullName, name);

        public string Write(string name, string text)
        {
            File.WriteAllText(Path(name), text.ReplaceLineEndings("\n") + "\n");
            if (!OperatingSystem.IsWindows())
            {
                File.SetUnixFileMode(Path(name), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
            }

            return Path(name);
        }

        public void Dispose() => _folder.Delete(recursive: true);
    }
}
