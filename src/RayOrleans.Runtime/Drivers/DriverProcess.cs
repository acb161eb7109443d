using System.Reflection;
using System.Text.Json;
using RayOrleans.Core;
using RayOrleans.ObjectStore;
using RayOrleans.Runtime.Files;
using RayOrleans.Runtime.Output;
using RayOrleans.Runtime.Processes;
using RayOrleans.Runtime.Processes.Wire;

namespace RayOrleans.Runtime.Drivers;

/// <summary>
/// A driver's end of its session with a node that lives in another process. It owns nothing: what it submits and puts is the node's. When the connection is gone for
/// good, what it waits for fails, and so does whatever it asks for from then on; its process goes on.
/// </summary>
internal sealed class DriverProcess
{
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeaveTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Nothing is put into the store of a process whose node's it reads in place.</summary>
    private const long SmallestStore = 1 << 20;

    private readonly NodeServices _services;
    private readonly SharedMemoryStore _store;
    private readonly Housekeeper _housekeeper;
    private readonly DriverRay _driver;
    private readonly SessionLink _link;
    private readonly ConsoleOutput _console = new();
    private int _isStopped;

    private DriverProcess(SessionChannel channel, RayOptions options, DriverWelcome welcome, bool isElsewhere, FilePackage? files)
    {
        ProcessSetup setup = ProcessSetup.Read(welcome.Setup) with { IsDriver = true, IsElsewhere = isElsewhere, RunsInWorkers = welcome.RunsInWorkers };
        RayOptions own = new()
        {
            CpusPerNode = setup.Cpus,
            InlineThresholdBytes = setup.InlineBytes,
            Namespace = options.Namespace,
            EventsPerThread = options.EventsPerThread,
            RuntimeEnv = options.RuntimeEnv,
            MaxRuntimeEnvBytes = options.MaxRuntimeEnvBytes,
            ObjectStoreFullTimeout = options.ObjectStoreFullTimeout,
        };
        _store = SharedMemoryStore.Create(new ArenaOptions
        {
            CapacityBytes = isElsewhere ? options.ObjectStoreBytes ?? NodeDefaults.StoreBytes() : SmallestStore,
            Directory = isElsewhere ? options.ObjectStoreDirectory : Path.GetTempPath(),
        });
        _services = new NodeServices(setup.Node, own, NodeDefaults.Resources(own), _store, process: setup);
        if (options.RuntimeEnv is { } environment)
        {
            _services.Environments.Add(environment, files);
        }

        _housekeeper = new Housekeeper(_services);
        JobRecord job = new(new JobId(welcome.Job), new TaskId(welcome.RootHigh, welcome.RootLow)) { Driver = setup.Node, GivenNamespace = welcome.Namespace };
        _services.Gate.Do(engine => engine.AddJob(job));
        _driver = new DriverRay(DisposeAsync, _services, job, job.Namespace);
        _services.Pool.DriverRay = _driver;
        SessionCodec codec = new(new SessionPayloadWire(_services, null, _services.Shared));
        _link = new SessionLink(channel, codec, () => _services.Gate.Do(static engine => engine.TakeNodeMessages()), OnMessages, serve: null, OnLinkEnded)
        {
            WaitingCount = () => _services.Engine.WaitingForNode,
            OutputCame = frame => _console.Write(OutputWire.ReadTexts(frame)),
        };
        _services.Link = _link;
    }

    /// <summary>Introduces this program to a node.</summary>
    /// <param name="channel">The connection, which this owns.</param>
    /// <param name="options">The program's options.</param>
    /// <param name="isElsewhere">Whether the node is on another machine, as far as this program is concerned.</param>
    /// <param name="where">What people call the node.</param>
    /// <param name="cancellationToken">Ends the wait for an answer.</param>
    /// <exception cref="RayException">The node does not take it.</exception>
    public static async Task<IRay> StartAsync(SessionChannel channel, RayOptions options, bool isElsewhere, string where, CancellationToken cancellationToken)
    {
        DriverWelcome welcome;
        FilePackage? files;
        try
        {
            files = Environments.Read(options);
        }
        catch (RuntimeEnvException)
        {
            channel.Dispose();
            throw;
        }

        try
        {
            using (cancellationToken.UnsafeRegister(static c => ((SessionChannel)c!).Dispose(), channel))
            {
                welcome = await Task.Factory.StartNew(() => Greet(channel, options), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            }

            cancellationToken.ThrowIfCancellationRequested();
        }
        catch (Exception e) when (SessionChannel.IsBreak(e) || e is JsonException)
        {
            channel.Dispose();
            cancellationToken.ThrowIfCancellationRequested();
            throw new RayException($"The node at {where} did not take this program in: {e.Message}", e);
        }

        if (welcome.Refusal is { } why || !DriverProtocol.Accepts(welcome.Version) || welcome.Setup is null)
        {
            channel.Dispose();
            throw new RayException($"The node at {where} refuses this program: {welcome.Refusal ?? $"it speaks version {welcome.Version} of the protocol, this program version {DriverProtocol.Version}"}.");
        }

        DriverProcess process = new(channel, options, welcome, isElsewhere, files);
        process.Start();
        return process._driver;
    }

    private static DriverWelcome Greet(SessionChannel channel, RayOptions options)
    {
        channel.Send(DriverHello.Magic);
        DriverHello hello = new()
        {
            Version = DriverProtocol.Version,
            Name = Assembly.GetEntryAssembly()?.GetName().Name ?? "",
            Program = $"{Environment.ProcessPath ?? "?"} (process {Environment.ProcessId} on {Environment.MachineName})",
            Namespace = options.Namespace,
            TakesOutput = options.LogToDriver,
        };
        Handshake.SendFrame(channel, hello.ToBytes());
        return Handshake.ReceiveFrame(channel) is { } answer ? DriverWelcome.Read(answer) : throw new IOException("it closed the connection");
    }

    private void Start()
    {
        _services.Collect.Start();
        _housekeeper.Start();
        _link.Start();
        if (Assembly.GetEntryAssembly() is { } entry)
        {
            // The first call waits for what is left of it; what goes wrong, that call says.
            _ = Task.Run(() => _services.Code!.ShipAsync(entry)).ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
        }
    }

    private void OnMessages(List<SessionMessage> messages) => _services.Gate.Do(engine =>
    {
        foreach (SessionMessage message in messages)
        {
            engine.OnNodeMessage(message);
            if (message is NamedMessage named)
            {
                _services.ProcessNames!.OnAnswer(named, engine.TakeNamed(named.Number));
            }
        }
    });

    private void OnLinkEnded(string why) => Fail($"the connection to its node has ended: {why}");

    private void Fail(string why)
    {
        RayAmbient.RemoveDefault(_driver);
        _services.Stopped ??= why;
        _services.ProcessNames!.Close(_services.Stopped);
        _services.Gate.Do(engine => engine.CloseProcess(_services.Stopped));
    }

    private async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _isStopped, 1) != 0)
        {
            return;
        }

        RayAmbient.RemoveDefault(_driver);
        using (CancellationTokenSource limit = new(LeaveTimeout))
        {
            try
            {
                _services.Releases.Drain();
                await _link.AskAsync(NodeRequest.Leave, default, limit.Token).ConfigureAwait(false);
            }
            catch (Exception e) when (e is RayException or OperationCanceledException)
            {
                // The node is gone, or hangs: it ends the job when it notices that this program has left.
            }
        }

        Fail("it was shut down");
        _link.Dispose();
        await _console.EndAsync().ConfigureAwait(false);
        await Task.Factory.StartNew(Stop, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
    }

    private void Stop()
    {
        _services.Pool.Stop(StopTimeout);
        _housekeeper.Stop();
        _services.Collect.Dispose();
        _services.Shared!.Dispose();
        _store.Dispose();
    }
}
