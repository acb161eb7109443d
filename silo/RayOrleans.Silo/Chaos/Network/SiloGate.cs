using System.Globalization;
using System.Net;

namespace RayOrleans.Silo.Chaos.Network;

/// <summary>The ports that one silo is reached by, and those that it listens on behind them.</summary>
internal sealed class SiloGate : IAsyncDisposable
{
    private readonly ChaosNetwork _network;
    private readonly PortProxy _silo;
    private readonly PortProxy _data;

    public SiloGate(ChaosNetwork network, int place)
    {
        _network = network;
        Place = place;
        int[] free = Grains.FreePorts.Find(IPAddress.Loopback, 2);
        _silo = new PortProxy(network, place, free[0]);
        _data = new PortProxy(network, place, free[1]);
    }

    public int Place { get; }

    /// <summary>What <c>start</c> must be told.</summary>
    public IReadOnlyList<string> Arguments =>
    [
        "--port", Text(_silo.Port), "--listen-port", Text(_silo.TargetPort), "--data-port", Text(_data.Port), "--data-listen-port", Text(_data.TargetPort),
    ];

    /// <summary>The same for a silo of this process.</summary>
    public void ApplyTo(Grains.RayClusterOptions options)
    {
        options.SiloPort = _silo.Port;
        options.SiloListenPort = _silo.TargetPort;
        options.DataPort = _data.Port;
        options.DataListenPort = _data.TargetPort;
    }

    /// <summary>New connections are refused, as by a machine on which nobody listens.</summary>
    public void Refuse()
    {
        _silo.Refuse();
        _data.Refuse();
    }

    /// <summary>New connections are accepted.</summary>
    public void Listen()
    {
        _silo.Listen();
        _data.Listen();
    }

    public async ValueTask DisposeAsync()
    {
        _network.Forget(this);
        await _silo.DisposeAsync().ConfigureAwait(false);
        await _data.DisposeAsync().ConfigureAwait(false);
    }

    private static string Text(int port) => port.ToString(CultureInfo.InvariantCulture);
}
