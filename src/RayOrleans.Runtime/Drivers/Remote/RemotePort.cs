using System.Collections.Concurrent;
using System.Security.Cryptography;

namespace RayOrleans.Runtime.Drivers;

/// <summary>Takes drivers from elsewhere: connections that ask for them, on whatever port the node shows. Thread-safe.</summary>
/// <param name="drivers">What they become.</param>
/// <param name="secret">The cluster's secret; empty: there is none.</param>
internal sealed class RemotePort(DriverPort drivers, ReadOnlyMemory<byte> secret)
{
    /// <summary>How long a driver may be without a connection: with the time until a silent one is noticed, its job ends within 5 s of its loss.</summary>
    public static readonly TimeSpan Grace = TimeSpan.FromSeconds(3);

    /// <summary>How long a connection may be silent.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(1_500);

    private static readonly TimeSpan HandshakeTimeout = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, ResumableChannel> _sessions = new();

    /// <summary>Serves a connection whose first bytes were <see cref="RemoteHandshake.Question"/>.</summary>
    /// <returns>Completes when the connection is to be closed.</returns>
    public async Task ServeAsync(Stream input, Stream output)
    {
        try
        {
            (ResumableChannel Channel, long Received)? session;
            using (CancellationTokenSource limit = new(HandshakeTimeout))
            {
                session = await RemoteHandshake.AsNodeAsync(input, output, secret, FindAsync, limit.Token).ConfigureAwait(false);
            }

            if (session is { } found)
            {
                await found.Channel.AttachAsync(input, output, found.Received).ConfigureAwait(false);
            }
        }
        catch (Exception e) when (Processes.SessionChannel.IsBreak(e) || e is OperationCanceledException or InvalidOperationException)
        {
            // It has gone, or is no driver: there is nobody to be told.
        }
    }

    private async Task<(ResumableChannel Channel, byte[] Token, long Received)?> FindAsync(byte[]? token)
    {
        if (token is not null)
        {
            return _sessions.TryGetValue(Convert.ToHexString(token), out ResumableChannel? known) && !known.IsEnded ? (known, token, await known.DetachAsync().ConfigureAwait(false)) : null;
        }

        byte[] made = RandomNumberGenerator.GetBytes(RemoteHandshake.TokenBytes);
        string key = Convert.ToHexString(made);
        ResumableChannel channel = new(Grace, Silence);
        _sessions[key] = channel;
        channel.Ended = () => _sessions.TryRemove(key, out _);

        // Until it has introduced itself it may be nobody, but it knows the secret.
        _ = Task.Factory.StartNew(() => drivers.Greet(channel, isRemote: true), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        return (channel, made, 0);
    }
}
