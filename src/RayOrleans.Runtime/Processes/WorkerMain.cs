using System.Diagnostics;
using System.Net.Sockets;
using RayOrleans.Core;
using RayOrleans.ObjectStore;
using RayOrleans.Runtime.Output;
using RayOrleans.Runtime.Processes.Wire;

namespace RayOrleans.Runtime.Processes;

/// <summary>
/// A worker process from its start to its end. It reads from its standard input where its node is and what to say to it, and then runs what it is given. When that input ends, its node is gone, and so is it.
/// </summary>
internal static class WorkerMain
{
    private const int Lost = ProcessExit.NodeGone;

    /// <summary>Runs until the node wants no more of it.</summary>
    /// <returns>The exit code.</returns>
    public static int Run()
    {
        string? path = Console.In.ReadLine();
        string? token = Console.In.ReadLine();
        if (path is null || token is null)
        {
            return Lost;
        }

        TaskOutput.Install();
        CrashMarker.Install();
        new Thread(EndWithNode) { IsBackground = true, Name = "ray node watch" }.UnsafeStart();
        LowerPriority();
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        using SocketChannel channel = new(socket);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            Handshake.SendHello(channel, Convert.FromHexString(token));
            if (Handshake.ReceiveFrame(channel) is { } setup)
            {
                Serve(channel, ProcessSetup.Read(setup));
            }

            return Lost;
        }
        catch (SocketException e)
        {
            Console.Error.WriteLine($"This worker process has lost its node: {e.Message}");
            return Lost;
        }
    }

    private static void Serve(SessionChannel channel, ProcessSetup setup)
    {
        RayOptions options = new() { CpusPerNode = setup.Cpus, InlineThresholdBytes = setup.InlineBytes };

        // Objects are kept by the node; nothing is put into this one.
        using SharedMemoryStore store = SharedMemoryStore.Create(new ArenaOptions { CapacityBytes = 1 << 20, Directory = Path.GetTempPath() });
        NodeServices services = new(setup.Node, options, NodeDefaults.Resources(options), store, process: setup);
        SessionCodec codec = new(new SessionPayloadWire(services, null, services.Shared));
        Housekeeper housekeeper = new(services);
        housekeeper.Start();
        _ = ParallelDefaults.TryReplace();
        DriverRay root = new(static () => ValueTask.CompletedTask, services, new JobRecord(default, default), JobRecord.NamespaceOf(default));
        services.Pool.DriverRay = root;
        RayAmbient.AddDefault(root);
        using ManualResetEventSlim ended = new();
        SessionLink link = new(
            channel,
            codec,
            () => services.Gate.Do(static engine => engine.TakeNodeMessages()),
            messages => services.Gate.Do(engine =>
            {
                foreach (SessionMessage message in messages)
                {
                    engine.OnNodeMessage(message);
                    if (message is NamedMessage named)
                    {
                        services.ProcessNames!.OnAnswer(named, engine.TakeNamed(named.Number));
                    }
                }
            }),
            serve: null,
            _ => ended.Set())
        {
            WaitingCount = () => services.Engine.WaitingForNode,
        };
        services.Link = link;
        link.Start();
        ended.Wait();
    }

    private static void EndWithNode()
    {
        while (Console.In.Read() >= 0)
        {
        }

        // Whatever user code does: nobody waits for it any more.
        Process.GetCurrentProcess().Kill();
    }

    private static void LowerPriority()
    {
        try
        {
            using Process self = Process.GetCurrentProcess();
            self.PriorityClass = ProcessPriorityClass.BelowNormal;
        }
        catch (Exception e) when (e is System.ComponentModel.Win32Exception or UnauthorizedAccessException or NotSupportedException)
        {
            Console.Error.WriteLine($"This worker process keeps its priority: {e.Message}");
        }
    }
}
