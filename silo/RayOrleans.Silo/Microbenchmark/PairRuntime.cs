using RayOrleans.Grains;
using RayOrleans.Silo.Children;

namespace RayOrleans.Silo.Microbenchmark;

/// <summary>
/// Two nodes in two processes: the second silo, and a node in this process that joins it, with its silo in reach so that bare grain calls can be
/// measured between the same two. Both run this program, so no code travels.
/// </summary>
internal sealed class PairRuntime : IDisposable
{
    /// <summary>Room for the object of the pull, the one before it, and some.</summary>
    public const long StoreBytes = 3_000_000_000;

    private readonly ChildSilo _second;
    private readonly JoinedDriver _driver;

    private PairRuntime(ChildSilo second, JoinedDriver driver)
    {
        _second = second;
        _driver = driver;
        MemberEntry other = driver.Members.Living.Single(member => member.NodeId != driver.Node.NodeId);
        Other = other.NodeId;
        Scheduler = driver.Grains.GetLocalScheduler(other.Silo);
    }

    /// <summary>The runtime of the node in this process.</summary>
    public IRay Ray => _driver.Ray;

    /// <summary>The node in the other process.</summary>
    public NodeId Other { get; }

    /// <summary>A grain in the other process, whose <c>Ping</c> does nothing.</summary>
    public ILocalSchedulerGrain Scheduler { get; }

    /// <summary>Starts both and waits until each knows the other.</summary>
    public static PairRuntime Start(RayOptions options)
    {
        ChildSilo second = ChildSilo.StartAsync("--object-store-memory", FormattableString.Invariant($"{StoreBytes}")).GetAwaiter().GetResult();
        try
        {
            options.Address = second.Address;
            options.ObjectStoreBytes = StoreBytes;
            return new PairRuntime(second, JoinedDriver.StartAsync("benchmark", options).GetAwaiter().GetResult());
        }
        catch
        {
            second.Dispose();
            throw;
        }
    }

    /// <summary>Leaves, and ends the other process.</summary>
    public void Dispose()
    {
        try
        {
            _driver.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
        finally
        {
            _second.Dispose();
        }
    }
}
