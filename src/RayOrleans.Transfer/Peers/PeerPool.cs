using System.Net;

namespace RayOrleans.Transfer;

/// <summary>The connections to one peer: a bounded number, reused, closed when idle. Thread-safe.</summary>
internal sealed class PeerPool(EndPoint peer, PullerOptions options) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<PeerConnection> _idle = [];
    private readonly SemaphoreSlim _places = new(options.MaxConnectionsPerPeer);
    private readonly HashSet<PeerConnection> _busy = [];
    private int _rented;
    private bool _disposed;

    public int Count
    {
        get
        {
            lock (_gate)
                return _idle.Count + _rented;
        }
    }

    /// <summary>A connection that is idle, or a new one; waits in turn when there are too many.</summary>
    /// <exception cref="PeerFailedException">None could be opened.</exception>
    public async Task<PeerConnection> RentAsync(CancellationToken ct)
    {
        await _places.WaitAsync(ct).ConfigureAwait(false);
        lock (_gate)
            _rented++;
        try
        {
            PeerConnection connection = TakeIdle() ?? await PeerConnection.OpenAsync(peer, options, ct).ConfigureAwait(false);
            lock (_gate)
            {
                if (!_disposed)
                {
                    _busy.Add(connection);
                    return connection;
                }
            }

            connection.Dispose();
            throw new PeerFailedException(PeerFailure.Closed, "has left");
        }
        catch
        {
            Leave();
            throw;
        }
    }

    /// <summary>Gives a connection back, which is closed if nothing more can be asked there: it failed or stands in the middle of something.</summary>
    public void Return(PeerConnection connection)
    {
        bool reusable = connection.CanAsk;
        lock (_gate)
        {
            _busy.Remove(connection);
            if (reusable && !_disposed)
            {
                connection.IdleSince = options.TimeProvider.GetTimestamp();
                _idle.Add(connection);
                connection = null!;
            }
        }

        connection?.Dispose();
        Leave();
    }

    /// <summary>Closes what has been idle for longer than <see cref="PullerOptions.IdleTimeout"/>.</summary>
    public void CloseIdle()
    {
        List<PeerConnection> old;
        lock (_gate)
        {
            old = _idle.FindAll(connection => options.TimeProvider.GetElapsedTime(connection.IdleSince) >= options.IdleTimeout);
            _idle.RemoveAll(old.Contains);
        }

        old.ForEach(static connection => connection.Dispose());
    }

    /// <summary>Closes all connections: whoever waits on one goes on with another source.</summary>
    public void Dispose()
    {
        PeerConnection[] open;
        lock (_gate)
        {
            _disposed = true;
            open = [.. _idle, .. _busy];
            _idle.Clear();
        }

        Array.ForEach(open, static connection => connection.Dispose());
    }

    /// <summary>The most recently used one, since its congestion window is the warmest.</summary>
    private PeerConnection? TakeIdle()
    {
        while (true)
        {
            PeerConnection connection;
            lock (_gate)
            {
                if (_idle.Count == 0)
                    return null;
                connection = _idle[^1];
                _idle.RemoveAt(_idle.Count - 1);
            }

            if (connection.CanAsk)
                return connection;
            connection.Dispose();
        }
    }

    private void Leave()
    {
        lock (_gate)
            _rented--;
        _places.Release();
    }
}
