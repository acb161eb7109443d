using System.Net.Sockets;

namespace RayOrleans.ObjectStore;

/// <summary>
/// A process's access to the object store of its node: puts objects and reads those of all others in place. Thread-safe. Linux only for now
/// (macOS untested).
/// </summary>
public sealed class StoreClient : IDisposable
{
    private readonly ClientLink _link;
    private readonly int _inlineLimit;
    private int _isDisposed;

    private StoreClient(ClientLink link, WelcomeBody welcome)
    {
        _link = link;
        _inlineLimit = welcome.InlineLimitBytes;
        CapacityBytes = welcome.CapacityBytes;
    }

    /// <summary>Bytes the store may hold.</summary>
    public long CapacityBytes { get; }

    /// <summary>Connects to a <see cref="StoreServer"/> of this machine and maps its arena.</summary>
    /// <param name="socketPath">The server's <see cref="StoreServer.SocketPath"/>.</param>
    /// <exception cref="StoreRequestException">There is no server, or it refuses this client.</exception>
    /// <exception cref="IOException">The arena cannot be mapped.</exception>
    /// <exception cref="PlatformNotSupportedException">This is Windows.</exception>
    public static StoreClient Connect(string socketPath)
    {
        ArgumentException.ThrowIfNullOrEmpty(socketPath);
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException("Reading the object store of another process is not supported on Windows.");
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(socketPath));
            FrameInput input = new(socket);
            WelcomeBody welcome = ClientHello.Exchange(socket, input);
            ArenaView view = new(welcome.Path, welcome.Arena, welcome.CapacityBytes);
            return new StoreClient(new ClientLink(socket, input, view), welcome);
        }
        catch (Exception error) when (error is SocketException or StoreProtocolException)
        {
            socket.Dispose();
            throw new StoreRequestException(StoreFailure.Disconnected, $"No connection to the object store at '{socketPath}': {error.Message}", error);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <summary>Makes an object of bytes; they are copied. Blocks until it is there for all processes.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="value">Its bytes.</param>
    /// <exception cref="StoreRequestException">The key is taken, or the store is full.</exception>
    public void Put(StoreKey key, ReadOnlySpan<byte> value)
    {
        Check();
        if (value.Length <= _inlineLimit)
        {
            Span<byte> head = stackalloc byte[StoreKey.Size];
            key.Write(head);
            _link.Call(FrameKind.Put, 0, key, head, value).ThrowUnlessDone();
            return;
        }

        using SharedWrite write = Create(key, value.Length);
        write.Write(0, value);
        write.Seal();
    }

    /// <inheritdoc cref="Put"/>
    /// <remarks>Await the result once; a small object is sent before this returns or soon after, with what else is sent.</remarks>
    public ValueTask PutAsync(StoreKey key, ReadOnlyMemory<byte> value)
    {
        Check();
        if (value.Length > _inlineLimit)
            return PutLargeAsync(key, value);
        Span<byte> head = stackalloc byte[StoreKey.Size];
        key.Write(head);
        PendingRequest request = _link.Send(FrameKind.Put, 0, key, AnswerTaker.Flow, head, value.Span);
        return new ValueTask(request, request.Version);
    }

    /// <summary>
    /// Begins an object that is written in place. Blocks while the store is full. A small object is written into a buffer and sent when it is sealed, so its
    /// key is taken only then.
    /// </summary>
    /// <param name="key">Its key.</param>
    /// <param name="length">Its length in bytes.</param>
    /// <param name="timeout">How long to wait for room; default: what the store is set to.</param>
    /// <exception cref="StoreRequestException">The key is taken, or there was no room in time.</exception>
    public SharedWrite Create(StoreKey key, long length, TimeSpan? timeout = null)
    {
        Check();
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length <= _inlineLimit)
            return new SharedWrite(_link, key, new byte[length]);
        Span<byte> body = stackalloc byte[TimedBody.Size];
        new TimedBody(key, length, Milliseconds(timeout)).Write(body);
        return _link.Call(FrameKind.Create, 0, key, body).Value<SharedWrite>();
    }

    /// <summary>As <see cref="Create"/>, for an object that is only written by <see cref="SharedWrite.Write"/>: it begins where its block does, so the server's process can take it over as it is.</summary>
    /// <inheritdoc cref="Create"/>
    public SharedWrite CreateForCopy(StoreKey key, long length, TimeSpan? timeout = null)
    {
        Check();
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Span<byte> body = stackalloc byte[TimedBody.Size];
        new TimedBody(key, length, Milliseconds(timeout)).Write(body);
        SharedWrite write = _link.Call(FrameKind.Create, CreateFlags.CopiesOnly, key, body).Value<SharedWrite>();
        write.CopiesOnly = true;
        return write;
    }

    /// <inheritdoc cref="Create"/>
    /// <remarks>Await the result once.</remarks>
    public ValueTask<SharedWrite> CreateAsync(StoreKey key, long length, TimeSpan? timeout = null, CancellationToken ct = default)
    {
        Check();
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        if (length <= _inlineLimit)
            return ValueTask.FromResult(new SharedWrite(_link, key, new byte[length]));
        Span<byte> body = stackalloc byte[TimedBody.Size];
        new TimedBody(key, length, Milliseconds(timeout)).Write(body);
        PendingRequest request = SendCancellable(FrameKind.Create, 0, key, body, ct);
        return new ValueTask<SharedWrite>(request, request.Version);
    }

    /// <summary>Gets an object: waits until it is sealed.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="timeout">How long to wait; default: without end. Zero does not wait.</param>
    /// <param name="inPlace">Whether it is wanted in the arena, however small it is; otherwise small ones come as copies, which is faster.</param>
    /// <exception cref="StoreRequestException">It was not there in time, or will not come: its creator is gone or has given it up, or it was deleted.</exception>
    public SharedObject Get(StoreKey key, TimeSpan? timeout = null, bool inPlace = false)
    {
        Check();
        Span<byte> body = stackalloc byte[TimedBody.Size];
        new TimedBody(key, 0, Milliseconds(timeout)).Write(body);
        return _link.Call(FrameKind.Get, inPlace ? GetFlags.InPlace : (byte)0, key, body).Value<SharedObject>();
    }

    /// <inheritdoc cref="Get"/>
    /// <remarks>Await the result once. A cancelled wait fails with <see cref="StoreFailure.Cancelled"/>.</remarks>
    public ValueTask<SharedObject> GetAsync(StoreKey key, TimeSpan? timeout = null, bool inPlace = false, CancellationToken ct = default)
    {
        Check();
        Span<byte> body = stackalloc byte[TimedBody.Size];
        new TimedBody(key, 0, Milliseconds(timeout)).Write(body);
        PendingRequest request = SendCancellable(FrameKind.Get, inPlace ? GetFlags.InPlace : (byte)0, key, body, ct);
        return new ValueTask<SharedObject>(request, request.Version);
    }

    /// <summary>Gets an object if it is there, sealed.</summary>
    /// <param name="key">Its key.</param>
    /// <param name="inPlace">As for <see cref="Get"/>.</param>
    /// <returns>The object, or null.</returns>
    public SharedObject? TryGet(StoreKey key, bool inPlace = false)
    {
        Check();
        Span<byte> body = stackalloc byte[TimedBody.Size];
        new TimedBody(key, 0, 0).Write(body);
        PendingResult result = _link.Call(FrameKind.Get, inPlace ? GetFlags.InPlace : (byte)0, key, body);

        // Deleted by another process while it was made readable in place: it is not there.
        return result.Answer.Status is AnswerStatus.TimedOut or AnswerStatus.Deleted ? null : result.Value<SharedObject>();
    }

    /// <summary>Whether an object is there, sealed.</summary>
    /// <param name="key">Its key.</param>
    public bool Contains(StoreKey key) => Ask(FrameKind.Contains, key);

    /// <summary>Deletes an object for all; its memory follows when no process holds it. Those who wait for it are told.</summary>
    /// <param name="key">Its key.</param>
    /// <returns>False when there was none.</returns>
    public bool Delete(StoreKey key) => Ask(FrameKind.Delete, key);

    /// <inheritdoc cref="Delete"/>
    /// <remarks>Await the result once.</remarks>
    public ValueTask<bool> DeleteAsync(StoreKey key)
    {
        Check();
        Span<byte> body = stackalloc byte[StoreKey.Size];
        key.Write(body);
        PendingRequest request = _link.Send(FrameKind.Delete, 0, key, AnswerTaker.Flow, body);
        return new ValueTask<bool>(request, request.Version);
    }

    /// <summary>The store's totals.</summary>
    public StoreServerTotals GetTotals()
    {
        Check();
        return _link.Call(FrameKind.Totals, 0, default, default).Value<StoreServerTotals>();
    }

    /// <summary>
    /// No more requests. The connection ends when the last object that was got in place is let go of; until then they stay readable, and objects that are being
    /// written can be sealed.
    /// </summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            _link.LetGo();
    }

    private static long Milliseconds(TimeSpan? timeout)
    {
        if (timeout is not { } value || value == Timeout.InfiniteTimeSpan)
            return -1;
        if (!ArenaOptions.IsTime(value))
            throw new ArgumentOutOfRangeException(nameof(timeout), value, "The timeout must be between zero and one day, or infinite.");
        return (long)Math.Ceiling(value.TotalMilliseconds);
    }

    private bool Ask(FrameKind kind, StoreKey key)
    {
        Check();
        Span<byte> body = stackalloc byte[StoreKey.Size];
        key.Write(body);
        return _link.Call(kind, 0, key, body).IsFound();
    }

    private PendingRequest SendCancellable(FrameKind kind, byte detail, StoreKey key, ReadOnlySpan<byte> body, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        PendingRequest request = _link.Send(kind, detail, key, AnswerTaker.Flow, body);
        if (ct.CanBeCanceled)
        {
            uint number = request.Number;
            request.SetCancellation(ct.UnsafeRegister(_ => _link.Cancel(number), null));
        }

        return request;
    }

    private async ValueTask PutLargeAsync(StoreKey key, ReadOnlyMemory<byte> value)
    {
        using SharedWrite write = await CreateAsync(key, value.Length).ConfigureAwait(false);
        write.Write(0, value.Span);
        await write.SealAsync().ConfigureAwait(false);
    }

    private void Check() => ObjectDisposedException.ThrowIf(Volatile.Read(ref _isDisposed) != 0, this);
}
