using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RayOrleans.Processes.Tests.Harness;

/// <summary>A PostgreSQL of the test's own: a folder, a port and a socket that go with it. Debian's package must be installed; <c>tests/run.sh</c> sees to that.</summary>
internal sealed class PostgresServer : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rayorleans-postgres-");
    private readonly string _programs = Programs();
    private readonly List<int> _frozen = [];

    private PostgresServer()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public int Port { get; }

    public string ConnectionString => string.Create(CultureInfo.InvariantCulture, $"Host=127.0.0.1;Port={Port};Database=postgres;Username=postgres");

    private string Data => Path.Combine(_folder.FullName, "data");

    public static async Task<PostgresServer> StartAsync()
    {
        PostgresServer server = new();
        try
        {
            if (Environment.IsPrivilegedProcess)
            {
                // The server refuses to run as root.
                await RunAsync("chown", "postgres", server._folder.FullName);
            }

            await server.RunAsOwnerAsync("initdb", "-D", server.Data, "-U", "postgres", "-A", "trust", "--no-sync", "-E", "UTF8", "--locale=C");
            await server.ResumeAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts it again after <see cref="CrashAsync"/>.</summary>
    public Task ResumeAsync() => RunAsOwnerAsync(
        "pg_ctl", "start", "-w", "-D", Data, "-l", Path.Combine(_folder.FullName, "log"),
        "-o", string.Create(CultureInfo.InvariantCulture, $"-p {Port} -k {_folder.FullName} -c listen_addresses=127.0.0.1 -c fsync=off"));

    /// <summary>As if it had crashed: what it was doing is not finished.</summary>
    public Task CrashAsync() => RunAsOwnerAsync("pg_ctl", "stop", "-w", "-m", "immediate", "-D", Data);

    /// <summary>Stops all of its processes where they are: it refuses nothing, and answers nothing.</summary>
    public void Freeze()
    {
        int postmaster = int.Parse(File.ReadLines(Path.Combine(Data, "postmaster.pid")).First(), CultureInfo.InvariantCulture);

        // The one that starts others first, so that there are no more of them afterwards.
        Signals.Send(postmaster, Signals.Stop);
        _frozen.Add(postmaster);
        foreach (int child in ChildrenOf(postmaster))
        {
            Signals.Send(child, Signals.Stop);
            _frozen.Add(child);
        }
    }

    /// <summary>Lets them go on.</summary>
    public void Thaw()
    {
        _frozen.ForEach(static process => Signals.Send(process, Signals.Continue));
        _frozen.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        Thaw();
        if (File.Exists(Path.Combine(Data, "postmaster.pid")))
        {
            await CrashAsync();
        }

        _folder.Delete(recursive: true);
    }

    private static IEnumerable<int> ChildrenOf(int parent) =>
        Directory.EnumerateDirectories("/proc").Select(Path.GetFileName).Where(static name => int.TryParse(name, out _)).Select(static name => int.Parse(name!, CultureInfo.InvariantCulture))
            .Where(process => ParentOf(process) == parent).ToList();

    /// <summary>0: it has ended.</summary>
    private static int ParentOf(int process)
    {
        try
        {
            // The name before it may contain anything, but ends with the last bracket.
            string stat = File.ReadAllText($"/proc/{process}/stat");
            return int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[1], CultureInfo.InvariantCulture);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private static string Programs() =>
        Directory.Exists("/usr/lib/postgresql")
        && Directory.GetDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "initdb"))).Order(StringComparer.Ordinal).LastOrDefault() is { } found
            ? found
            : throw new InvalidOperationException("PostgreSQL is not installed: 'apt-get install postgresql', or run the tests by 'bash tests/run.sh', which does that.");

    private Task RunAsOwnerAsync(string program, params string[] arguments)
    {
        string path = Path.Combine(_programs, program);
        return Environment.IsPrivilegedProcess ? RunAsync("runuser", ["-u", "postgres", "--", path, .. arguments]) : RunAsync(path, arguments);
    }

    private static async Task RunAsync(string program, params string[] arguments)
    {
        // The server inherits what pg_ctl writes to: a pipe would never end.
        ProcessStartInfo start = new("/bin/sh") { WorkingDirectory = "/", ArgumentList = { "-c", "exec \"$@\" >/dev/null 2>&1 </dev/null", "sh", program } };
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        using Process process = Process.Start(start)!;
        await process.WaitForExitAsync().WaitAsync(Patience);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with code {process.ExitCode}.");
        }
    }
}
