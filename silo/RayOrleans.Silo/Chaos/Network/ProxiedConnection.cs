using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace RayOrleans.Silo.Chaos.Network;

/// <summary>One connection from one place to another, through this process. Bytes go the way that the rules for their direction say.</summary>
internal sealed class ProxiedConnection(ChaosNetwork network, Socket client, int from, int to, int targetPort, CancellationToken stop)
{
    private const int BufferBytes = 64 * 1024;

    /// <summary>As much as a network has on its way; who sends more waits.</summary>
    private const int BuffersOnTheWay = 256;

    private readonly Socket _target = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
    private readonly CancellationTokenSource _end = CancellationTokenSource.CreateLinkedTokenSource(stop);

    /// <summary>Carries bytes until both sides have ended, or one is broken.</summary>
    public async Task RunAsync()
    {
        try
        {
            client.NoDelay = true;
            await WhenOpenAsync(from, to).ConfigureAwait(false);
            await _target.ConnectAsync(new IPEndPoint(IPAddress.Loopback, targetPort), _end.Token).ConfigureAwait(false);
            await Task.WhenAll(CarryAsync(client, _target, from, to), CarryAsync(_target, client, to, from)).ConfigureAwait(false);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // One side is broken, so the other must be told.
            Reset();
        }
        finally
        {
            client.Dispose();
            _target.Dispose();
            _end.Dispose();
        }
    }

    /// <summary>Ends the connection as a network does that rejects it.</summary>
    public void ResetIfRefused()
    {
        if (IsRefused)
        {
            Reset();
        }
    }

    private bool IsRefused => network.RuleOf(from, to).State == LinkState.Refused || network.RuleOf(to, from).State == LinkState.Refused;

    private void Reset()
    {
        Close(client);
        Close(_target);

        static void Close(Socket socket)
        {
            try
            {
                socket.LingerState = new LingerOption(enable: true, seconds: 0);
                socket.Dispose();
            }
            catch (Exception e) when (e is ObjectDisposedException or SocketException)
            {
                // It is closed already, or its other end is.
            }
        }
    }

    private async Task CarryAsync(Socket source, Socket target, int sender, int receiver)
    {
        Channel<(byte[] Bytes, long Due)> way = Channel.CreateBounded<(byte[] Bytes, long Due)>(new BoundedChannelOptions(BuffersOnTheWay) { SingleReader = true, SingleWriter = true });
        await Task.WhenAll(SendAsync(), DeliverAsync()).ConfigureAwait(false);

        async Task SendAsync()
        {
            byte[] buffer = new byte[BufferBytes];
            try
            {
                while (await source.ReceiveAsync(buffer, _end.Token).ConfigureAwait(false) is > 0 and int count)
                {
                    long due = Stopwatch.GetTimestamp() + (long)(network.RuleOf(sender, receiver).Delay.TotalSeconds * Stopwatch.Frequency);
                    await way.Writer.WriteAsync((buffer[..count], due), _end.Token).ConfigureAwait(false);
                }

                way.Writer.Complete();
            }
            catch (Exception e)
            {
                way.Writer.Complete(e);
                Reset();
                throw;
            }
        }

        async Task DeliverAsync()
        {
            try
            {
                await foreach ((byte[] bytes, long due) in way.Reader.ReadAllAsync(_end.Token).ConfigureAwait(false))
                {
                    TimeSpan early = Stopwatch.GetElapsedTime(Stopwatch.GetTimestamp(), due);
                    if (early > TimeSpan.Zero)
                    {
                        await Task.Delay(early, _end.Token).ConfigureAwait(false);
                    }

                    await WhenOpenAsync(sender, receiver).ConfigureAwait(false);
                    for (int sent = 0; sent < bytes.Length;)
                    {
                        sent += await target.SendAsync(bytes.AsMemory(sent), _end.Token).ConfigureAwait(false);
                    }
                }

                await WhenOpenAsync(sender, receiver).ConfigureAwait(false);
                target.Shutdown(SocketShutdown.Send);
            }
            catch
            {
                Reset();
                throw;
            }
        }
    }

    /// <summary>Waits while the bytes of a direction are held.</summary>
    /// <exception cref="OperationCanceledException">The connection is refused, or ends.</exception>
    private async Task WhenOpenAsync(int sender, int receiver)
    {
        while (true)
        {
            // Taken before the rules are read, so that no change is missed.
            Task changed = network.Changed;
            if (IsRefused)
            {
                throw new OperationCanceledException("The connection is refused.");
            }

            if (network.RuleOf(sender, receiver).State == LinkState.Open)
            {
                return;
            }

            await changed.WaitAsync(_end.Token).ConfigureAwait(false);
        }
    }
}
