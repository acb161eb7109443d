using System.Buffers.Binary;
using RayOrleans.Runtime.Processes;

namespace RayOrleans.Runtime.Drivers;

/// <summary>
/// A channel over one connection after the other: bytes have numbers, each end keeps what the other has not taken yet, and a connection that takes the place of one
/// that broke goes on where that stopped. So a connection may be lost for a while without anybody noticing but by the delay. Either end says by little signs that it
/// is there; a connection that is silent for long is given up like one that broke.
/// <code>
/// new      -- Attach --> connected -- broke, or silent --> away -- Attach --> connected ...
/// away     -- not attached within the grace --> ended
/// any      -- Dispose --> closing: what was sent leaves, then a farewell --> ended
/// </code>
/// Invariants: an end keeps exactly the bytes from what the other has taken to what was sent; it never has more of them than the window; what arrives is
/// what was sent, in order and once.
/// </summary>
internal sealed class ResumableChannel : SessionChannel
{
    /// <summary>How many bytes may be on their way before whoever sends waits.</summary>
    public const int DefaultWindow = 8 << 20;

    private const byte Data = 1;
    private const byte Taken = 2;
    private const byte Here = 3;
    private const byte Farewell = 4;
    private const int LargestPiece = 256 << 10;
    private const int TakenStep = 64 << 10;
    private static readonly TimeSpan SignPeriod = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan FarewellTimeout = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private readonly object _lock = new();
    private readonly int _window;
    private readonly byte[] _out;
    private readonly byte[] _in;
    private readonly Action<ResumableChannel>? _lost;
    private readonly TimeSpan _silence;
    private readonly TimeSpan _grace;
    private readonly Timer _graceTimer;
    private Connection? _connection;
    private long _sent;
    private long _taken;
    private long _received;
    private long _read;
    private long _toldRead;
    private bool _isOver;
    private bool _isClosing;
    private string? _endedBecause;

    /// <param name="grace">How long it may be without a connection.</param>
    /// <param name="silence">How long a connection may be silent.</param>
    /// <param name="lost">Told when a connection is lost, off the lock: somebody should bring another one.</param>
    /// <param name="window">How many bytes may be on their way; the same at both ends.</param>
    public ResumableChannel(TimeSpan grace, TimeSpan silence, Action<ResumableChannel>? lost = null, int window = DefaultWindow)
    {
        _window = window;
        _out = GC.AllocateUninitializedArray<byte>(window);
        _in = GC.AllocateUninitializedArray<byte>(window);
        _grace = grace;
        _silence = silence;
        _lost = lost;
        _graceTimer = new Timer(static c => ((ResumableChannel)c!).OnGraceOver(), this, grace, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Told once when it has ended, under its lock.</summary>
    public Action? Ended { get; set; }

    /// <inheritdoc/>
    public override bool CanSend
    {
        get
        {
            lock (_lock)
            {
                return _sent - _taken <= _window - DirectBytes;
            }
        }
    }

    /// <summary>Up to which byte the other end's have arrived.</summary>
    public long Received
    {
        get
        {
            lock (_lock)
            {
                return _received;
            }
        }
    }

    private bool IsClosing
    {
        get
        {
            lock (_lock)
            {
                return _isClosing;
            }
        }
    }

    /// <summary>Whether nothing more comes or goes.</summary>
    public bool IsEnded
    {
        get
        {
            lock (_lock)
            {
                return _isClosing || _isOver || _endedBecause is not null;
            }
        }
    }

    /// <summary>Uses a connection from now on, in place of the one before.</summary>
    /// <param name="input">What comes.</param>
    /// <param name="output">What goes.</param>
    /// <param name="arrived">Up to which byte the other end has this one's.</param>
    /// <returns>Completes when the connection is not used any more; it is the caller's to close.</returns>
    /// <exception cref="IOException">The other end cannot be the one of before.</exception>
    public async Task AttachAsync(Stream input, Stream output, long arrived)
    {
        Connection connection;
        lock (_lock)
        {
            if (_endedBecause is { } why || _isOver)
            {
                throw new IOException($"the session has ended: {_endedBecause ?? "the other end has closed it"}");
            }

            if (arrived < _taken || arrived > _sent)
            {
                throw new IOException($"the other end has {arrived} bytes of this one's, which has {_taken} to {_sent}");
            }

            if (_connection is not null)
            {
                throw new IOException("another connection has taken its place");
            }

            connection = new Connection(input, output, arrived);
            _connection = connection;

            // What was told may have been lost with the connection before.
            _toldRead = 0;
            _graceTimer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        Task reading = ReadAllAsync(connection);
        Task writing = WriteAllAsync(connection);
        if (await Task.WhenAny(reading, writing).ConfigureAwait(false) == writing && IsClosing)
        {
            // Closed with something unread in it, a connection would lose the farewell.
            await reading.WaitAsync(FarewellTimeout).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await connection.Stop.CancelAsync().ConfigureAwait(false);
        await Task.WhenAll(reading, writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        OnLost(connection);
        connection.Done.SetResult();
    }

    /// <summary>Stops using the connection that there is, so that what has arrived is known.</summary>
    /// <returns>Up to which byte the other end's have arrived.</returns>
    public async Task<long> DetachAsync()
    {
        Connection? connection;
        lock (_lock)
        {
            connection = _connection;
        }

        if (connection is not null)
        {
            await connection.Stop.CancelAsync().ConfigureAwait(false);
            await connection.Done.Task.ConfigureAwait(false);
        }

        return Received;
    }

    /// <inheritdoc/>
    public override int Receive(Span<byte> target)
    {
        lock (_lock)
        {
            while (_received == _read)
            {
                if (_isOver || _isClosing)
                {
                    return 0;
                }

                if (_endedBecause is { } why)
                {
                    throw new IOException(why);
                }

                Monitor.Wait(_lock);
            }

            int start = (int)(_read % _window);
            int count = (int)Math.Min(Math.Min(target.Length, _received - _read), _window - start);
            _in.AsSpan(start, count).CopyTo(target);
            _read += count;
            if (_read - _toldRead >= TakenStep)
            {
                _connection?.Signal();
            }

            return count;
        }
    }

    /// <inheritdoc/>
    public override void Send(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            lock (_lock)
            {
                while (_sent - _taken == _window && _endedBecause is null && !_isOver)
                {
                    Monitor.Wait(_lock);
                }

                if (_endedBecause is not null || _isOver || _isClosing)
                {
                    throw new IOException(_endedBecause ?? "the channel is closed");
                }

                int start = (int)(_sent % _window);
                int count = (int)Math.Min(Math.Min(bytes.Length, _window - (_sent - _taken)), _window - start);
                bytes[..count].CopyTo(_out.AsSpan(start));
                _sent += count;
                bytes = bytes[count..];
                _connection?.Signal();
            }
        }
    }

    /// <inheritdoc/>
    /// <remarks>What was sent before still leaves.</remarks>
    public override void Dispose()
    {
        lock (_lock)
        {
            if (_isClosing)
            {
                return;
            }

            _isClosing = true;
            Monitor.PulseAll(_lock);
            if (_connection is null)
            {
                End_NeedsLock("it was closed");
                return;
            }

            _connection.Signal();
            _graceTimer.Change(CloseTimeout, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Ends at once, without a farewell.</summary>
    /// <param name="why">The reason, as a clause.</param>
    public void End(string why)
    {
        lock (_lock)
        {
            End_NeedsLock(why);
        }
    }

    private void End_NeedsLock(string why)
    {
        if (_endedBecause is null)
        {
            _endedBecause = why;
            Ended?.Invoke();
        }

        _graceTimer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _connection?.Stop.Cancel();
        Monitor.PulseAll(_lock);
    }

    private void OnGraceOver()
    {
        lock (_lock)
        {
            if (_connection is null || _isClosing)
            {
                End_NeedsLock($"the connection was lost, and there was no other one within {_grace.TotalSeconds:0.#} s");
            }
        }
    }

    private void OnLost(Connection connection)
    {
        lock (_lock)
        {
            if (_connection != connection)
            {
                return;
            }

            _connection = null;
            if (_isOver || _isClosing)
            {
                End_NeedsLock("it was closed");
            }

            if (_endedBecause is not null)
            {
                return;
            }

            _graceTimer.Change(_grace, Timeout.InfiniteTimeSpan);
        }

        _lost?.Invoke(this);
    }

    private async Task ReadAllAsync(Connection connection)
    {
        byte[] head = new byte[1 + sizeof(long)];
        try
        {
            while (true)
            {
                await FillAsync(connection, head.AsMemory(0, 1)).ConfigureAwait(false);
                switch (head[0])
                {
                    case Data:
                        await FillAsync(connection, head.AsMemory(0, sizeof(int))).ConfigureAwait(false);
                        await TakeAsync(connection, BinaryPrimitives.ReadInt32LittleEndian(head)).ConfigureAwait(false);
                        break;
                    case Taken:
                        await FillAsync(connection, head.AsMemory(0, sizeof(long))).ConfigureAwait(false);
                        OnTaken(BinaryPrimitives.ReadInt64LittleEndian(head));
                        break;
                    case Here:
                        break;
                    case Farewell:
                        lock (_lock)
                        {
                            _isOver = true;
                            Monitor.PulseAll(_lock);
                        }

                        return;
                    default:
                        return;
                }
            }
        }
        catch (Exception e) when (IsBreak(e) || e is OperationCanceledException or InvalidOperationException)
        {
            // Whoever attached it goes on with another one.
        }
    }

    private async Task TakeAsync(Connection connection, int length)
    {
        if (length is <= 0 or > LargestPiece)
        {
            throw new IOException($"a piece of {length} bytes");
        }

        while (length > 0)
        {
            int start = (int)(_received % _window);
            int count = Math.Min(length, _window - start);
            lock (_lock)
            {
                if (_received + count - _read > _window)
                {
                    throw new IOException("more than fits into the window");
                }
            }

            int read = await ReadAsync(connection, _in.AsMemory(start, count)).ConfigureAwait(false);
            length -= read;
            lock (_lock)
            {
                if (_connection != connection)
                {
                    // The other end begins again from what it was told.
                    throw new IOException("another connection has taken its place");
                }

                _received += read;
                Monitor.PulseAll(_lock);
            }
        }
    }

    private void OnTaken(long taken)
    {
        lock (_lock)
        {
            if (taken < _taken || taken > _sent)
            {
                throw new IOException($"{taken} bytes were taken of {_taken} to {_sent}");
            }

            _taken = taken;
            Monitor.PulseAll(_lock);
        }
    }

    private async Task FillAsync(Connection connection, Memory<byte> target)
    {
        while (!target.IsEmpty)
        {
            target = target[await ReadAsync(connection, target).ConfigureAwait(false)..];
        }
    }

    private async ValueTask<int> ReadAsync(Connection connection, Memory<byte> target)
    {
        using CancellationTokenSource limit = CancellationTokenSource.CreateLinkedTokenSource(connection.Stop.Token);
        limit.CancelAfter(_silence);
        int count = await connection.Input.ReadAsync(target, limit.Token).ConfigureAwait(false);
        return count > 0 ? count : throw new EndOfStreamException();
    }

    private async Task WriteAllAsync(Connection connection)
    {
        byte[] head = new byte[1 + sizeof(long)];
        try
        {
            while (true)
            {
                ReadOnlyMemory<byte> piece;
                long toldRead;
                bool isLast;
                lock (_lock)
                {
                    toldRead = _read > _toldRead && (_read - _toldRead >= TakenStep || connection.IsSignDue) ? _toldRead = _read : -1;
                    int start = (int)(connection.Position % _window);
                    int count = (int)Math.Min(Math.Min(LargestPiece, _sent - connection.Position), _window - start);
                    piece = _out.AsMemory(start, count);
                    connection.Position += count;
                    isLast = _isClosing && count == 0;
                }

                if (toldRead >= 0)
                {
                    head[0] = Taken;
                    BinaryPrimitives.WriteInt64LittleEndian(head.AsSpan(1), toldRead);
                    await connection.Output.WriteAsync(head, connection.Stop.Token).ConfigureAwait(false);
                }

                if (!piece.IsEmpty)
                {
                    head[0] = Data;
                    BinaryPrimitives.WriteInt32LittleEndian(head.AsSpan(1), piece.Length);
                    await connection.Output.WriteAsync(head.AsMemory(0, 1 + sizeof(int)), connection.Stop.Token).ConfigureAwait(false);
                    await connection.Output.WriteAsync(piece, connection.Stop.Token).ConfigureAwait(false);
                    connection.IsSignDue = false;
                    continue;
                }

                if (isLast || connection.IsSignDue)
                {
                    head[0] = isLast ? Farewell : Here;
                    await connection.Output.WriteAsync(head.AsMemory(0, 1), connection.Stop.Token).ConfigureAwait(false);
                }

                await connection.Output.FlushAsync(connection.Stop.Token).ConfigureAwait(false);
                if (isLast)
                {
                    return;
                }

                connection.IsSignDue = !await connection.WaitAsync().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (IsBreak(e) || e is OperationCanceledException or InvalidOperationException)
        {
            // As above.
        }
    }

    /// <summary>One connection's part.</summary>
    private sealed class Connection(Stream input, Stream output, long position)
    {
        private readonly SemaphoreSlim _wake = new(0);
        private int _isWoken;

        public Stream Input => input;

        public Stream Output => output;

        public CancellationTokenSource Stop { get; } = new();

        /// <summary>Completes when nobody uses it any more.</summary>
        public TaskCompletionSource Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The next byte to write.</summary>
        public long Position { get; set; } = position;

        /// <summary>Nothing was written for a while. Of the writer.</summary>
        public bool IsSignDue { get; set; }

        /// <summary>There is something to write.</summary>
        public void Signal()
        {
            if (Interlocked.Exchange(ref _isWoken, 1) == 0)
            {
                _wake.Release();
            }
        }

        /// <summary>Waits for something to write; false: there was nothing for a while.</summary>
        public async ValueTask<bool> WaitAsync()
        {
            bool isWoken = await _wake.WaitAsync(SignPeriod, Stop.Token).ConfigureAwait(false);
            Interlocked.Exchange(ref _isWoken, 0);
            return isWoken;
        }
    }
}
