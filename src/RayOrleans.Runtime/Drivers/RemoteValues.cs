using System.Collections.Concurrent;
using RayOrleans.ObjectStore;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Processes;

namespace RayOrleans.Runtime.Drivers;

/// <summary>At a node: reads and writes values of the store for a driver that cannot map it, a piece at a time. Thread-safe.</summary>
internal sealed class RemoteValues(string storePath, ulong keys) : IDisposable
{
    private readonly Lazy<StoreClient> _store = new(() => StoreClient.Connect(storePath));
    private readonly ConcurrentDictionary<ulong, SharedWrite> _writes = new();
    private int _isDisposed;

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
    }

    public void Dispose()
    {
        Volatile.Write(ref _isDisposed, 1);
        foreach (ulong number in _writes.Keys)
        {
            if (_writes.TryRemove(number, out SharedWrite? write))
            {
                write.Dispose();
            }
        }

        if (_store.IsValueCreated)
        {
            _store.Value.Dispose();
        }
    }

    private byte[] Create(ReadOnlyMemory<byte> request)
    {
        WireReader r = new(request);
        ulong number = (ulong)r.Long();
        SharedWrite write = _store.Value.CreateForCopy(new StoreKey(keys, number, 0), r.Long());
        _writes[number] = write;
        if (Volatile.Read(ref _isDisposed) != 0 && _writes.TryRemove(number, out _))
        {
            write.Dispose();
        }

        return RemoteAnswer.Done;
    }

    private byte[] Write(ReadOnlyMemory<byte> request)
    {
        WireReader r = new(request);
        ulong number = (ulong)r.Long();
        long offset = r.Long();
        WriteOf(number).Write(offset, r.Frame().Span);
        return RemoteAnswer.Done;
    }

    private byte[] Seal(ReadOnlyMemory<byte> request)
    {
        WireReader r = new(request);
        ulong number = (ulong)r.Long();
        SharedWrite write = WriteOf(number);
        _writes.TryRemove(number, out _);
        using (write)
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

        using SharedObject shared = _store.Value.Get(key, inPlace: true);
        return RemoteAnswer.Of(shared.GetSpan(offset, length));
    }

    private byte[] Delete(ReadOnlyMemory<byte> request)
    {
        WireReader r = new(request);
        ulong number = (ulong)r.Long();
        if (_writes.TryRemove(number, out SharedWrite? write))
        {
            write.Dispose();
        }
        else
        {
            _ = _store.Value.Delete(new StoreKey(keys, number, 0));
        }

        return RemoteAnswer.Done;
    }

    private SharedWrite WriteOf(ulong number) =>
        _writes.GetValueOrDefault(number) ?? throw new RayOrleans.Core.SessionProtocolException($"Value {number} is not being written.");
}
