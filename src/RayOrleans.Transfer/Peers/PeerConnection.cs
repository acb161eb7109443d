using System.Buffers.Binary;
using System.Net;

namespace RayOrleans.Transfer;

/// <summary>A connection to a peer's data port, past its handshake. One request at a time; to be closed after any exception.</summary>
internal sealed class PeerConnection : IDisposable
{
    /// <summary>Bytes that should have arrived before a receive that waits is woken. Woken by every packet, a large pull is slower.</summary>
    private const int WakeBytes = ObjectChecksum.BlockBytes / 2;

    private readonly SocketExchange _socket;
    private readonly PullerOptions _options;
    private readonly byte[] _request = new byte[RequestFrame.Bytes];
    private readonly byte[] _head = new byte[ResponseFrame.Bytes];
    private byte[] _checksums = [];
    private uint _number;
    private bool _answered = true;

    private PeerConnection(SocketExchange socket, PullerOptions options)
    {
        _socket = socket;
        _options = options;
    }

    /// <summary>When it was last put back.</summary>
    public long IdleSince { get; set; }

    /// <summary>Whether something can be asked here: the last answer was read to its end, was not wrong, and nothing has arrived since.</summary>
    public bool CanAsk => _answered && !_socket.HasUnexpectedInput;

    /// <summary>Connects and shakes hands.</summary>
    /// <exception cref="PeerFailedException">It did not work.</exception>
    public static async Task<PeerConnection> OpenAsync(EndPoint peer, PullerOptions options, CancellationToken ct)
    {
        if (options.Secret.IsEmpty && !(peer is IPEndPoint { Address: var address } && IPAddress.IsLoopback(address)))
            throw new PeerFailedException(PeerFailure.Refused, "is not on loopback, which needs a cluster secret, and none is configured");
        SocketExchange socket = await SocketExchange.ConnectAsync(peer, options.ConnectTimeout, options.TimeProvider, ct).ConfigureAwait(false);
        try
        {
            socket.Guard.Watch(options.HandshakeTimeout);
            if (options.Tls is { } tls)
                await socket.SecureAsync(tls, accepted: false, ct).ConfigureAwait(false);
            await Handshake.AsClientAsync(socket, options.Secret, options.Tls, ct).ConfigureAwait(false);
            socket.Guard.Rest();
            return new PeerConnection(socket, options);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Asks how long an object is; null: it is not there.</summary>
    /// <exception cref="PeerFailedException">The connection failed.</exception>
    public async Task<long?> GetLengthAsync(ObjectKey key, CancellationToken ct)
    {
        _socket.Guard.Watch(_options.StallTimeout);
        ResponseFrame head = await AskAsync(new RequestFrame(Ask.Length, ++_number, key, 0, 0, _options.Reader), ct).ConfigureAwait(false);
        _socket.Guard.Rest();
        _answered = true;
        return head.Answer == Answer.Here ? head.ObjectLength : null;
    }

    /// <summary>Receives a stripe into its place and checks it.</summary>
    /// <exception cref="PeerFailedException">The connection failed.</exception>
    public async Task<StripeOutcome> ReceiveAsync(StripePlan plan, Stripe stripe, CancellationToken ct)
    {
        _socket.Guard.Watch(_options.StallTimeout);
        RequestFrame request = new(Ask.Bytes, ++_number, plan.Key, stripe.Offset, stripe.Length, _options.Reader, plan.MissingCount == 0);
        ResponseFrame head = await AskAsync(request, ct).ConfigureAwait(false);
        StripeOutcome outcome = head switch
        {
            { Answer: Answer.NotHere } => StripeOutcome.NotHere,
            { Answer: Answer.Busy } => StripeOutcome.Busy,
            _ when head.Answer == Answer.OutOfRange || head.ObjectLength != plan.Length => StripeOutcome.OtherLength,
            _ => await ReceiveBodyAsync(plan, stripe, ct).ConfigureAwait(false),
        };
        _socket.Guard.Rest();

        // The bytes of another length were not read.
        _answered = outcome switch
        {
            StripeOutcome.WrongChecksum => false,
            StripeOutcome.OtherLength => head.BodyLength == 0,
            _ => true,
        };
        return outcome;
    }

    public void Dispose() => _socket.Dispose();

    private async ValueTask<ResponseFrame> AskAsync(RequestFrame request, CancellationToken ct)
    {
        _answered = false;
        request.Write(_request);
        await _socket.SendAsync(_request, ct).ConfigureAwait(false);
        await _socket.ReceiveAsync(_head, ct).ConfigureAwait(false);
        _socket.Guard.Progress();
        return ResponseFrame.Read(_head, request);
    }

    private async ValueTask<StripeOutcome> ReceiveBodyAsync(StripePlan plan, Stripe stripe, CancellationToken ct)
    {
        int first = (int)(stripe.Offset / ObjectChecksum.BlockBytes);
        int blocks = WireLimits.Blocks(stripe.Length);
        if (stripe.Length >= _options.ThreadBytes && _socket.WaitsOnThreads)
        {
            await Task.Factory.StartNew(() => ReceiveBlocks(plan, stripe, ct), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
        }
        else
        {
            for (int i = 0; i < blocks; i++)
            {
                Memory<byte> block = BeginBlock(plan, stripe, i, blocks);
                await _socket.ReceiveAsync(block, ct).ConfigureAwait(false);
                EndBlock(plan, first + i, block.Span);
            }
        }

        return await ReceiveChecksumsAsync(plan.Checksums.AsMemory(first, blocks), ct).ConfigureAwait(false);
    }

    private void ReceiveBlocks(StripePlan plan, Stripe stripe, CancellationToken ct)
    {
        int first = (int)(stripe.Offset / ObjectChecksum.BlockBytes);
        int blocks = WireLimits.Blocks(stripe.Length);
        for (int i = 0; i < blocks; i++)
        {
            Span<byte> block = BeginBlock(plan, stripe, i, blocks).Span;
            _socket.Receive(block, ct);
            EndBlock(plan, first + i, block);
        }
    }

    private Memory<byte> BeginBlock(StripePlan plan, Stripe stripe, int i, int blocks)
    {
        // Before the last two blocks at least a whole one is still to come, so the wait ends.
        _socket.WakeAt(i < blocks - 2 ? WakeBytes : 1);
        int start = i * ObjectChecksum.BlockBytes;
        return plan.Target.Slice(stripe.Offset + start, Math.Min(ObjectChecksum.BlockBytes, stripe.Length - start));
    }

    private void EndBlock(StripePlan plan, int number, ReadOnlySpan<byte> block)
    {
        // Only whole blocks count as progress, so a peer cannot hold a pull by a byte now and then.
        _socket.Guard.Progress();
        plan.Checksums[number] = ObjectChecksum.OfBlock(block);
    }

    private async ValueTask<StripeOutcome> ReceiveChecksumsAsync(ReadOnlyMemory<ulong> computed, CancellationToken ct)
    {
        int bytes = computed.Length * sizeof(ulong);
        if (_checksums.Length < bytes)
            _checksums = new byte[bytes];
        await _socket.ReceiveAsync(_checksums.AsMemory(0, bytes), ct).ConfigureAwait(false);
        return Match(computed.Span) ? StripeOutcome.Received : StripeOutcome.WrongChecksum;
    }

    private bool Match(ReadOnlySpan<ulong> computed)
    {
        for (int i = 0; i < computed.Length; i++)
        {
            if (BinaryPrimitives.ReadUInt64LittleEndian(_checksums.AsSpan(i * sizeof(ulong))) != computed[i])
                return false;
        }

        return true;
    }
}
