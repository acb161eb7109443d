using System.Net.Sockets;
using RayOrleans.ObjectStore;

namespace RayOrleans.Runtime.Processes;

/// <summary>A socket of this machine that only the user can reach, and the thread that takes who connects to it.</summary>
internal sealed class ProcessListener : IDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(10);

    private readonly NodeServices _node;
    private readonly SocketPlace _place;
    private readonly Socket _listener;
    private readonly string _who;
    private readonly Action<Socket> _greet;
    private volatile bool _isStopped;

    /// <summary>Takes who comes from now on.</summary>
    /// <param name="node">The node.</param>
    /// <param name="who">What people call who comes.</param>
    /// <param name="greet">Takes one, which it owns, on a thread of its own: one that says nothing must not keep the others out.</param>
    /// <param name="directory">Where the socket's folder is made; null: the temporary folder.</param>
    public ProcessListener(NodeServices node, string who, Action<Socket> greet, string? directory = null)
    {
        _node = node;
        _who = who;
        _greet = greet;
        _place = new SocketPlace(directory ?? Path.GetTempPath());
        _listener = _place.Listen();
        new Thread(Accept) { IsBackground = true, Name = $"ray listener: {who}" }.UnsafeStart();
    }

    /// <summary>Where it is.</summary>
    public string SocketPath => _place.SocketPath;

    public void Dispose()
    {
        _isStopped = true;
        _listener.Dispose();
        _place.Dispose();
    }

    private void Accept()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = _listener.Accept();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                if (_isStopped)
                {
                    return;
                }

                _node.Events.WarnRarely($"{_who} could not be taken in: {e.Message}");

                // Out of descriptors, most likely: the next attempt would fail at once.
                Thread.Sleep(Pause);
                continue;
            }

            _ = Task.Factory.StartNew(() => _greet(socket), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        }
    }
}
