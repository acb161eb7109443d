using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RayOrleans.Processes.Tests.Harness;

/// <summary>An Azurite of the test's own, which stands for an Azure storage account. <c>tests/run.sh</c> installs it from npm and says where by RAY_AZURITE.</summary>
internal sealed class AzuriteServer : IAsyncDisposable
{
    /// <summary>The folder that npm has installed it into.</summary>
    private const string Variable = "RAY_AZURITE";

    /// <summary>Where <c>tests/run.sh</c> puts it.</summary>
    private const string DefaultFolder = ".cache/rayorleans-azurite";

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("rayorleans-azurite-");
    private Process? _process;

    private AzuriteServer()
    {
        using TcpListener listener = new(IPAddress.Loopback, 0);
        listener.Start();
        Port = ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public int Port { get; }

    /// <summary>With the account and key that every Azurite has, and that are no secret.</summary>
    public string ConnectionString => string.Create(
        CultureInfo.InvariantCulture,
        $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==;BlobEndpoint=http://127.0.0.1:{Port}/devstoreaccount1;");

    public static async Task<AzuriteServer> StartAsync()
    {
        AzuriteServer server = new();
        try
        {
            await server.RunAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { } process)
        {
            process.Kill(entireProcessTree: true);
            await process.WaitForExitAsync().WaitAsync(Patience);
            process.Dispose();
        }

        _folder.Delete(recursive: true);
    }

    private static string Program()
    {
        string folder = Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } given ? given : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), DefaultFolder);
        string program = Path.Combine(folder, "node_modules", "azurite", "dist", "src", "blob", "main.js");
        return File.Exists(program) ? program : throw new InvalidOperationException(
            $"Azurite is not installed at {folder}: 'npm install --prefix {folder} azurite', or run the tests by 'bash tests/run.sh', which does that.");
    }

    private async Task RunAsync()
    {
        // Its output goes nowhere: a pipe that nobody reads would fill.
        ProcessStartInfo start = new("/bin/sh") { WorkingDirectory = _folder.FullName, ArgumentList = { "-c", "exec \"$@\" >log 2>&1 </dev/null", "sh", "node", Program() } };
        foreach (string argument in (string[])["--blobHost", "127.0.0.1", "--blobPort", Port.ToString(CultureInfo.InvariantCulture), "--location", _folder.FullName, "--silent", "--skipApiVersionCheck", "--disableTelemetry"])
        {
            start.ArgumentList.Add(argument);
        }

        _process = Process.Start(start)!;
        using CancellationTokenSource limit = new(Patience);
        while (true)
        {
            try
            {
                using TcpClient client = new();
                await client.ConnectAsync(IPAddress.Loopback, Port, limit.Token);
                return;
            }
            catch (SocketException) when (!_process.HasExited)
            {
                // Its process does not say when it listens: asked again, within the limit.
                await Task.Delay(TimeSpan.FromMilliseconds(50), limit.Token);
            }
            catch (SocketException e)
            {
                throw new InvalidOperationException($"Azurite ended with code {_process.ExitCode}: {await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "log"), limit.Token)}", e);
            }
        }
    }
}
