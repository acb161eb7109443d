using System.Text.Json;
using RayOrleans.Runtime.Processes;

namespace RayOrleans.Runtime.Drivers;

/// <summary>Takes drivers in other processes: those of this machine by a socket that only this user can reach, others through whoever has proved who they are. Thread-safe.</summary>
internal sealed class DriverPort : IDisposable
{
    private static readonly TimeSpan HelloTimeout = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan ReadyTimeout = TimeSpan.FromSeconds(30);

    private readonly NodeServices _node;
    private readonly ProcessAccess _access;
    private readonly ProcessListener _listener;
    private readonly string _file;
    private readonly Lock _lock = new();
    private readonly HashSet<AttachedDriver> _drivers = [];
    private bool _isStopped;

    /// <param name="node">The node.</param>
    /// <param name="access">What drivers reach of it.</param>
    /// <param name="port">The port of the node's address, by which drivers of this machine find it.</param>
    /// <param name="directory">Where the socket's folder is made; null: the temporary folder.</param>
    public DriverPort(NodeServices node, ProcessAccess access, int port, string? directory = null)
    {
        _node = node;
        _access = access;
        _listener = new ProcessListener(node, "A driver", socket => Greet(new SocketChannel(socket), isRemote: false), directory);
        try
        {
            _file = NodePlace.Add(port, _listener.SocketPath);
        }
        catch
        {
            _listener.Dispose();
            throw;
        }
    }

    /// <summary>How many drivers there are.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _drivers.Count;
            }
        }
    }

    /// <summary>Takes a driver in, or says to it why not. Blocks until it has introduced itself.</summary>
    /// <param name="channel">Its connection, which this owns.</param>
    /// <param name="isRemote">Whether it is somewhere else, and reads values of the store by chunks.</param>
    public void Greet(SessionChannel channel, bool isRemote)
    {
        try
        {
            DriverHello? hello;
            using (new Timer(static c => ((SessionChannel)c!).Dispose(), channel, HelloTimeout, Timeout.InfiniteTimeSpan))
            {
                hello = Handshake.ReceiveMagic(channel, DriverHello.Magic) && Handshake.ReceiveFrame(channel) is { } bytes ? DriverHello.Read(bytes) : null;
            }

            if (hello is null)
            {
                channel.Dispose();
                return;
            }

            if (!DriverProtocol.Accepts(hello.Version))
            {
                Refuse(channel, $"the node speaks version {DriverProtocol.Version} of the protocol, and the driver version {hello.Version}: use versions of RayOrleans at most one apart");
                return;
            }

            if (!IsReady())
            {
                Refuse(channel, "the node is not a member of its cluster yet, or not any more");
                return;
            }

            TakeIn(channel, hello, isRemote);
        }
        catch (Exception e) when (SessionChannel.IsBreak(e) || e is JsonException)
        {
            // It has gone, said nothing in time, or is no driver.
            channel.Dispose();
        }
    }

    /// <summary>A driver's session has ended.</summary>
    public void Forget(AttachedDriver driver)
    {
        lock (_lock)
        {
            _drivers.Remove(driver);
        }
    }

    /// <summary>Takes no more drivers, and ends the sessions of those that are there.</summary>
    public void Dispose()
    {
        List<AttachedDriver> drivers;
        lock (_lock)
        {
            _isStopped = true;
            drivers = [.. _drivers];
        }

        File.Delete(_file);
        foreach (AttachedDriver driver in drivers)
        {
            driver.End("its node stops");
        }

        _listener.Dispose();
    }

    private static void Refuse(SessionChannel channel, string why)
    {
        using (channel)
        {
            Handshake.SendFrame(channel, new DriverWelcome { Version = DriverProtocol.Version, Refusal = why }.ToBytes());
        }
    }

    private void TakeIn(SessionChannel channel, DriverHello hello, bool isRemote)
    {
        AttachedDriver driver = new(_node, _access, this, channel, hello, isRemote);
        bool isLate;
        lock (_lock)
        {
            isLate = _isStopped;
            if (!isLate)
            {
                _drivers.Add(driver);
            }
        }

        if (isLate)
        {
            driver.End("its node stops");
            return;
        }

        try
        {
            Handshake.SendFrame(channel, driver.Welcome().ToBytes());
            driver.Start();
        }
        catch (Exception e) when (SessionChannel.IsBreak(e))
        {
            driver.End($"the connection broke: {e.Message}");
        }
    }

    /// <summary>Whether the node can reach the cluster. A driver may come while it starts.</summary>
    private bool IsReady()
    {
        if (_node.Cluster is not { } cluster)
        {
            return _node.Stopped is null;
        }

        using CancellationTokenSource limit = new(ReadyTimeout);
        try
        {
            cluster.KnowsAsync([_node.NodeId], limit.Token).GetAwaiter().GetResult();
            return _node.Stopped is null;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
