using System.Buffers.Binary;
using System.Net;

namespace RayOrleans.Transfer;

/// <summary>One connection of a puller: handshake, then requests one after the other. It ends at the first thing that is not as it should be.</summary>
internal sealed class ServerConnection(SocketExchange socket, ITransferSource source, TransferServerOptions options, ReaderSlots readers, ServerCounters counters)
{
    /// <summary>Bodies up to this are copied and sent in one piece with head and checksum: three small packets would cost more than the copy.</summary>
    private const int CopiedBytes = 64 << 10;

    private readonly byte[] _request = new byte[RequestFrame.Bytes];
    private readonly byte[] _head = new byte[ResponseFrame.Bytes];
    private byte[] _copy = [];

    /// <summary>Serves until the other side closes, breaks a rule, or the server stops.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            if (await GreetAsync(ct).ConfigureAwait(false))
                await ServeAsync(ct).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // The server stops; closing the connection says so.
        }
        catch (Exception error) when (error is not OutOfMemoryException)
        {
            // Whatever a lease does wrong costs this connection, not the server.
            Interlocked.Increment(ref counters.Broken);
            options.SourceFailed?.Invoke(error);
        }
        finally
        {
            socket.Dispose();
        }
    }

    private async ValueTask<bool> GreetAsync(CancellationToken ct)
    {
        EndPoint? from = socket.Peer;
        try
        {
            socket.Guard.Watch(options.HandshakeTimeout);
            if (options.Tls is { } tls)
                await socket.SecureAsync(tls, accepted: true, ct).ConfigureAwait(false);
            await Handshake.AsServerAsync(socket, options.Secret, ct).ConfigureAwait(false);
            return true;
        }
        catch (PeerFailedException error)
        {
            Interlocked.Increment(ref counters.Rejected);
            if (error.Failure is PeerFailure.Refused or PeerFailure.Protocol)
                options.Rejected?.Invoke(from, error.Message);
            return false;
        }
    }

    private async ValueTask ServeAsync(CancellationToken ct)
    {
        bool between = true;
        try
        {
            while (true)
            {
                between = true;
                socket.Guard.Watch(options.IdleTimeout);
                await socket.ReceiveAsync(_request, ct).ConfigureAwait(false);
                between = false;
                RequestFrame request = RequestFrame.Read(_request);
                socket.Guard.Rest();
                using TransferLease? lease = await OpenAsync(request.Key, ct).ConfigureAwait(false);
                socket.Guard.Watch(options.StallTimeout);
                await AnswerAsync(request, lease, ct).ConfigureAwait(false);
            }
        }
        catch (PeerFailedException error)
        {
            // A puller closes its idle connections; that is no failure.
            if (!between || error.Failure == PeerFailure.Protocol)
                Interlocked.Increment(ref counters.Broken);
        }
    }

    private async ValueTask<TransferLease?> OpenAsync(ObjectKey key, CancellationToken ct)
    {
        try
        {
            return await source.OpenAsync(key.Id, key.Version, ct).ConfigureAwait(false);
        }
        catch (Exception error) when (!ct.IsCancellationRequested)
        {
            options.SourceFailed?.Invoke(error);
            throw new PeerFailedException(PeerFailure.Closed, $"asked for {key}, which could not be opened", error);
        }
    }

    private async ValueTask AnswerAsync(RequestFrame request, TransferLease? lease, CancellationToken ct)
    {
        if (lease is null)
        {
            Interlocked.Increment(ref counters.NotHere);
            await SendHeadAsync(request, Answer.NotHere, 0, 0, ct).ConfigureAwait(false);
        }
        else if (request.Ask == Ask.Length)
        {
            await SendHeadAsync(request, Answer.Here, lease.Length, 0, ct).ConfigureAwait(false);
        }
        else if (request.Offset > lease.Length - request.Length)
        {
            await SendHeadAsync(request, Answer.OutOfRange, lease.Length, 0, ct).ConfigureAwait(false);
        }
        else if (!readers.TryEnter(request.Key, lease.Length, request.Reader))
        {
            Interlocked.Increment(ref counters.Busy);
            await SendHeadAsync(request, Answer.Busy, lease.Length, 0, ct).ConfigureAwait(false);
        }
        else
        {
            await SendBodyAsync(request, lease, ct).ConfigureAwait(false);
        }
    }

    private async ValueTask SendBodyAsync(RequestFrame request, TransferLease lease, CancellationToken ct)
    {
        try
        {
            ReadOnlyMemory<byte> body = lease.Slice(request.Offset, request.Length);
            ValueTask sent = body.Length <= CopiedBytes ? SendCopiedAsync(request, lease.Length, body, ct) : SendInPlaceAsync(request, lease.Length, body, ct);
            await sent.ConfigureAwait(false);
        }
        finally
        {
            readers.Exit(request.Key, lease.Length, request.Reader, request.IsLast);
        }
    }

    private ValueTask SendHeadAsync(RequestFrame request, Answer answer, long objectLength, int bodyLength, CancellationToken ct)
    {
        new ResponseFrame(answer, request.Number, objectLength, request.Offset, bodyLength).Write(_head);
        return socket.SendAsync(_head, ct);
    }

    private async ValueTask SendCopiedAsync(RequestFrame request, long objectLength, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        int length = ResponseFrame.Bytes + body.Length + (WireLimits.Blocks(body.Length) * sizeof(ulong));
        if (_copy.Length < length)
            _copy = new byte[Math.Max(length, 4096)];
        new ResponseFrame(Answer.Here, request.Number, objectLength, request.Offset, body.Length).Write(_copy);
        body.CopyTo(_copy.AsMemory(ResponseFrame.Bytes));
        if (!body.IsEmpty)
            BinaryPrimitives.WriteUInt64LittleEndian(_copy.AsSpan(ResponseFrame.Bytes + body.Length), ObjectChecksum.OfBlock(body.Span));
        await socket.SendAsync(_copy.AsMemory(0, length), ct).ConfigureAwait(false);
        Count(body.Length);
    }

    private async ValueTask SendInPlaceAsync(RequestFrame request, long objectLength, ReadOnlyMemory<byte> body, CancellationToken ct)
    {
        await SendHeadAsync(request, Answer.Here, objectLength, body.Length, ct).ConfigureAwait(false);
        byte[] checksums = new byte[WireLimits.Blocks(body.Length) * sizeof(ulong)];
        if (body.Length >= options.ThreadBytes && socket.WaitsOnThreads)
        {
            await Task.Factory.StartNew(() => SendBlocks(body.Span, checksums, ct), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }
        else
        {
            for (int i = 0; i * sizeof(ulong) < checksums.Length; i++)
            {
                ReadOnlyMemory<byte> block = body.Slice(i * ObjectChecksum.BlockBytes, Math.Min(ObjectChecksum.BlockBytes, body.Length - (i * ObjectChecksum.BlockBytes)));
                Hash(block.Span, checksums, i);
                await socket.SendAsync(block, ct).ConfigureAwait(false);
                socket.Guard.Progress();
            }
        }

        await socket.SendAsync(checksums, ct).ConfigureAwait(false);
        Count(body.Length);
    }

    private void SendBlocks(ReadOnlySpan<byte> body, byte[] checksums, CancellationToken ct)
    {
        for (int i = 0; i * sizeof(ulong) < checksums.Length; i++)
        {
            ReadOnlySpan<byte> block = body.Slice(i * ObjectChecksum.BlockBytes, Math.Min(ObjectChecksum.BlockBytes, body.Length - (i * ObjectChecksum.BlockBytes)));
            Hash(block, checksums, i);
            socket.Send(block, ct);
            socket.Guard.Progress();
        }
    }

    /// <summary>Hashing reads the block from memory; the send then copies it out of the cache, so the hash costs little more than itself.</summary>
    private static void Hash(ReadOnlySpan<byte> block, byte[] checksums, int number) =>
        BinaryPrimitives.WriteUInt64LittleEndian(checksums.AsSpan(number * sizeof(ulong)), ObjectChecksum.OfBlock(block));

    private void Count(int bytes)
    {
        Interlocked.Add(ref counters.BytesOut, bytes);
        Interlocked.Increment(ref counters.Served);
    }
}
