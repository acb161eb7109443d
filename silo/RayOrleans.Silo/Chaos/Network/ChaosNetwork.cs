using System.Collections.Concurrent;
using System.Net;

namespace RayOrleans.Silo.Chaos.Network;

/// <summary>
/// The connections between the silos of a chaos run: each silo is reached through proxies in this process, which know whose connection each is, so
/// that any two places can be cut off from each other and healed again. Thread-safe.
/// </summary>
internal sealed class ChaosNetwork
{
    /// <summary>The place of the first silo.</summary>
    public const int First = -1;

    /// <summary>The place of this process.</summary>
    public const int Driver = -2;

    private readonly ConcurrentDictionary<int, int> _places = new() { [Environment.ProcessId] = Driver };
    private readonly ConcurrentDictionary<(int From, int To), LinkRule> _rules = new();
    private readonly ConcurrentDictionary<ProxiedConnection, bool> _connections = new();
    private readonly ConcurrentDictionary<SiloGate, bool> _gates = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether this system tells whose a connection is.</summary>
    public static bool IsSupported => OperatingSystem.IsLinux();

    /// <summary>Ends at the next change of any rule.</summary>
    public Task Changed => Volatile.Read(ref _changed).Task;

    /// <summary>Makes ports that a silo of that place is reached by.</summary>
    public SiloGate Open(int place)
    {
        SiloGate gate = new(this, place);
        _gates[gate] = true;
        return gate;
    }

    /// <summary>Says where a process is; known before it connects to anybody.</summary>
    public void Register(int processId, int place) => _places[processId] = place;

    /// <summary>How bytes go from one place to another now.</summary>
    public LinkRule RuleOf(int from, int to) => _rules.GetValueOrDefault((from, to));

    /// <summary>Cuts a place off from all others.</summary>
    public void Isolate(int place, LinkState state)
    {
        foreach (int other in Others(place))
        {
            _rules[(place, other)] = _rules[(other, place)] = new LinkRule(state, TimeSpan.Zero);
        }

        foreach (SiloGate gate in _gates.Keys.Where(g => state == LinkState.Refused && g.Place == place))
        {
            gate.Refuse();
        }

        Announce();
    }

    /// <summary>Cuts two places off from each other.</summary>
    public void Separate(int one, int other, LinkState state)
    {
        _rules[(one, other)] = _rules[(other, one)] = new LinkRule(state, TimeSpan.Zero);
        Announce();
    }

    /// <summary>Delays what one place sends to all others, or what it is sent.</summary>
    public void Delay(int place, TimeSpan delay, bool isOutward)
    {
        foreach (int other in Others(place))
        {
            _rules[isOutward ? (place, other) : (other, place)] = new LinkRule(LinkState.Open, delay);
        }

        Announce();
    }

    /// <summary>Everything arrives again.</summary>
    public void Heal()
    {
        _rules.Clear();
        foreach (SiloGate gate in _gates.Keys)
        {
            gate.Listen();
        }

        Announce();
    }

    /// <summary>The place at the other end of a connection; null: it has gone, or is a stranger.</summary>
    internal int? PlaceOf(IPEndPoint remote, IPEndPoint local) =>
        SocketOwner.Find(remote, local, _places.Keys) is { } process ? _places[process] : null;

    internal void Forget(SiloGate gate) => _gates.TryRemove(gate, out _);

    internal async Task CarryAsync(ProxiedConnection connection)
    {
        _connections[connection] = true;
        try
        {
            await connection.RunAsync().ConfigureAwait(false);
        }
        finally
        {
            _connections.TryRemove(connection, out _);
        }
    }

    private IEnumerable<int> Others(int place) => _places.Values.Distinct().Where(p => p != place);

    private void Announce()
    {
        foreach (ProxiedConnection connection in _connections.Keys)
        {
            connection.ResetIfRefused();
        }

        Interlocked.Exchange(ref _changed, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
    }
}
