using System.Collections.Concurrent;
using RayOrleans.ObjectStore;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Processes;

namespace RayOrleans.Runtime.Drivers;

/// <summary>
/// At a node: reads and writes values of the store for a driver that cannot map it, a piece at a time. A value that is being written is under its own lock while it is written,
/// sealed or given up: what is written comes on the session's reader, and the end of the session on any thread. Thread-safe.
/// </summary>
internal sealed class RemoteValues(string storePath, ulong keys) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<ulong, SharedWrite> _writes = new();
    private StoreClient? _store;
    private bool _isDisposed;

    /// <summary>Answers a question: a byte that says how it went, and what was read or why not.</summary>
    public async ValueTask<byte[]> ServeAsync(NodeRequest kind, ReadOnlyMemory<byte> request)
    {
        try
        {
            return kind switch
            {
                // Waits while the store is full, and reads may wait for a disk: not on the thread that reads the driver's messages.
                NodeRequest.ValueCreate => await Task.Run(() => Create(request)).ConfigureAwait(false),
                NodeRequest.ValueRead => await Task.Run(() => Read(request)).ConfigureAwait(false),
                NodeRequest.ValueWrite => Write(request),
                NodeRequest.ValueSeal => Seal(request),
                _ => Delete(request),
            };
        }
        catch (StoreRequestException e)
        {
            return RemoteAnswer.Failed(e);
        }
        catch (ObjectDisposedException e)
        {
            return RemoteAnswer.Failed(new StoreRequestException(StoreFailure.Closed, "The driver's session has ended.", e));
        }
    }

    public void Dispose()
    {
        StoreClient? store;
        lock (_gate)
        {
            _isDisposed = true;
            store = _store;
        }

        foreach (ulong number in _writes.Keys)
        {
            if (_writes.TryRemove(number, out SharedWrite? write))
            {
                GiveUp(write);
            }
        }

        store?.Dispose();
    }

    private static void GiveUp(SharedWrite write)
    {
        lock (write)
        {
            write.Dispose();
        }
    }

    /// <summary>The connection to the store, made when it is first wanted.</summary>
    /// <exception cref="ObjectDisposedException">The session has ended: none is made any more.</exception>
    private StoreClient Store()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_isDisposed, this);
            return _store ??= StoreClient.Connect(storePath);
        }
    }

    private bool IsDisposed()
    {
        lock (_gate)
        {
            return _isDisposed;
        }
    }

    private byte[] Create(ReadOnlyMemory<byte> request)
    {
        WireReader r = new(request);
        ulong number = (ulong)r.Long();
        SharedWrite write = Store().CreateForCopy(new StoreKey(keys, number, 0), r.Long());
        _writes[number] = write;
        // Either this sees that the session has ended, or its end sees the value.
        if (IsDisposed() && _writes.TryRemove(number, out _))
        {
            GiveUp(write);
        }

        return RemoteAnswer.Done;
    }

    private byte[] Write(ReadOnlyMemory<byte> request)
    {
        WireReader r = new(request);
        ulong number = (ulong)r.Long();
        long offset = r.Long();
        ReadOnlySpan<byte> piece = r.Frame().Span;
        SharedWrite write = _writes.GetValueOrDefault(number) ?? throw NotWritten(number);
        lock (write)
        {
            write.Write(offset, piece);
        }

        return RemoteAnswer.Done;
    }

    private byte[] Seal(ReadOnlyMemory<byte> request)
    {
        WireReader r = new(request);
        ulong number = (ulong)r.Long();
        if (!_writes.TryRemove(number, out SharedWrite? write))
        {
            throw NotWritten(number);
        }

        lock (write)
        {
            write.Seal();
        }

        return RemoteAnswer.Done;
    }

    private byte[] Read(ReadOnlyMemory<byte> request)
    {
        WireReader r = new(request);
        StoreKey key = new((ulong)r.Long(), (ulong)r.Long(), 0);
        long offset = r.Long();
        int length = r.Int();
        if (length is < 0 or > RemoteStore.PieceBytes)
        {
            throw new RayOrleans.Core.SessionProtocolException($"A read of {length} bytes; at most {RemoteStore.PieceBytes} are read at once.");
        }

        using SharedObject shared = Store().Get(key, inPlace: true);
        return RemoteAnswer.Of(shared.GetSpan(offset, length));
    }

    private byte[] Delete(ReadOnlyMemory<byte> request)
    {
        WireReader r = new(request);
        ulong number = (ulong)r.Long();
        if (_writes.TryRemove(number, out SharedWrite? write))
        {
            GiveUp(write);
        }
        else
        {
            _ = Store().Delete(new StoreKey(keys, number, 0));
        }

        return RemoteAnswer.Done;
    }

    private Exception NotWritten(ulong number) => IsDisposed()
        ? new ObjectDisposedException(nameof(RemoteValues))
        : new RayOrleans.Core.SessionProtocolException($"Value {number} is not being written.");
}
