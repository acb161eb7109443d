using RayOrleans.ObjectStore;
using RayOrleans.Runtime.Cluster.Wire;
using RayOrleans.Runtime.Processes;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime.Drivers;

/// <summary>The store of a node that is somewhere else: values go there and come from there in pieces, several on their way at a time. Thread-safe.</summary>
/// <param name="node">The driver's process; its own store keeps what was read.</param>
/// <param name="keys">What the keys of its objects begin with.</param>
internal sealed class RemoteStore(NodeServices node, ulong keys) : ProcessStore(keys)
{
    /// <summary>How much goes in one piece.</summary>
    public const int PieceBytes = 1 << 20;

    /// <summary>Pieces on their way: enough to fill a connection, few enough to be no burden.</summary>
    private const int PiecesAhead = 8;

    /// <inheritdoc/>
    public override SharedValue Write(SerializedValue value)
    {
        StoreKey key = NextKey();
        Ask(NodeRequest.ValueCreate, w =>
        {
            w.Int((long)key.Low);
            w.Int(value.TotalLength);
        });
        try
        {
            PieceWriter writer = new(this, key);
            value.CopyTo(writer);
            writer.Finish();
            Ask(NodeRequest.ValueSeal, w => w.Int((long)key.Low));
        }
        catch
        {
            Delete(key);
            throw;
        }

        return new RemoteValue(this, key, value.TotalLength, isMade: true);
    }

    /// <inheritdoc/>
    public override SharedValue Find(StoreKey key, long length) => new RemoteValue(this, key, length, isMade: false);

    /// <summary>Gives up a value that nobody was told of.</summary>
    public void Delete(StoreKey key) =>
        Send(NodeRequest.ValueDelete, w => w.Int((long)key.Low)).ContinueWith(static t => _ = t.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);

    /// <summary>Copies a value into the driver's own store. Blocks until it is there.</summary>
    /// <exception cref="StoreRequestException">It is gone, or there is no room.</exception>
    public StoredObject Fetch(StoreKey key, long length)
    {
        StoreBlock block = node.Store.Create(length);
        try
        {
            Queue<(long Offset, Task<byte[]> Piece)> ahead = new();
            for (long asked = 0, read = 0; read < length;)
            {
                while (asked < length && ahead.Count < PiecesAhead)
                {
                    long offset = asked;
                    int count = (int)Math.Min(PieceBytes, length - offset);
                    ahead.Enqueue((offset, Send(NodeRequest.ValueRead, w =>
                    {
                        w.Int((long)key.High);
                        w.Int((long)key.Low);
                        w.Int(offset);
                        w.Int(count);
                    })));
                    asked += count;
                }

                (long at, Task<byte[]> piece) = ahead.Dequeue();
                ReadOnlyMemory<byte> bytes = Read(piece);
                block.Write(at, bytes.Span);
                read += bytes.Length;
            }

            block.Seal();
        }
        catch
        {
            block.Abort();
            throw;
        }

        // It can be fetched again, so it goes when room is needed.
        return node.Store.Keep(block, static _ => { });
    }

    public override void Dispose()
    {
    }

    private Task<byte[]> Send(NodeRequest kind, Action<WireWriter> write)
    {
        WireWriter w = WireWriter.Borrow();
        write(w);
        return node.Link!.AskAsync(kind, WireForm.Finish(w), CancellationToken.None);
    }

    private void Ask(NodeRequest kind, Action<WireWriter> write) => Read(Send(kind, write));

    private static ReadOnlyMemory<byte> Read(Task<byte[]> answer)
    {
        try
        {
            return RemoteAnswer.Read(answer.GetAwaiter().GetResult());
        }
        catch (RayException e)
        {
            throw new StoreRequestException(StoreFailure.Disconnected, e.Message, e);
        }
    }

    /// <summary>Sends what is written, in pieces.</summary>
    private sealed class PieceWriter(RemoteStore store, StoreKey key) : IBlockWriter
    {
        private readonly Queue<Task<byte[]>> _ahead = new();

        public void Write(long offset, ReadOnlySpan<byte> data)
        {
            while (!data.IsEmpty)
            {
                ReadOnlySpan<byte> piece = data[..Math.Min(PieceBytes, data.Length)];
                WireWriter w = WireWriter.Borrow();
                w.Int((long)key.Low);
                w.Int(offset);
                w.Bytes(piece);
                _ahead.Enqueue(store.SendPiece(WireForm.Finish(w)));
                if (_ahead.Count >= PiecesAhead)
                {
                    Read(_ahead.Dequeue());
                }

                offset += piece.Length;
                data = data[piece.Length..];
            }
        }

        public void Finish()
        {
            while (_ahead.TryDequeue(out Task<byte[]>? piece))
            {
                Read(piece);
            }
        }
    }

    private Task<byte[]> SendPiece(byte[] piece) => node.Link!.AskAsync(NodeRequest.ValueWrite, piece, CancellationToken.None);
}
