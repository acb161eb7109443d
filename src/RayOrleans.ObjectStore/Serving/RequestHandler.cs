using System.Buffers.Binary;
using System.Text;

namespace RayOrleans.ObjectStore;

/// <summary>Applies one client's requests to the directory and the store, and appends the answers.</summary>
internal sealed class RequestHandler(StoreServer server, ClientConnection client, ClientHoldings holdings, FrameOutput output)
{
    private readonly SharedMemoryStore _store = server.Store;
    private readonly ObjectDirectory _directory = server.Directory;
    private readonly int _inlineLimit = server.Options.InlineLimitBytes;
    private readonly WrittenPlaces _places = new();

    /// <summary>Applies a frame; on the client's reading thread.</summary>
    /// <exception cref="StoreProtocolException">The frame is not what a client may send.</exception>
    public void Apply(Frame frame, ReadOnlySpan<byte> body)
    {
        switch (frame.Kind)
        {
            case FrameKind.Put:
                Put(frame.Number, body);
                break;
            case FrameKind.Create:
                Create(frame.Number, TimedBody.Read(body), (frame.Detail & CreateFlags.CopiesOnly) != 0);
                break;
            case FrameKind.Seal:
                Seal(frame.Number, holdings.TakeUnsealed(ReadNumber(body)));
                break;
            case FrameKind.Abort:
                UnsealedObject aborted = holdings.TakeUnsealed(ReadNumber(body));
                _directory.Abort(aborted.Entry, AnswerStatus.Aborted);
                aborted.Block.Delete();
                Answer(frame.Number, AnswerStatus.Done);
                break;
            case FrameKind.Get:
                Get(frame.Number, TimedBody.Read(body), (frame.Detail & GetFlags.InPlace) != 0);
                break;
            case FrameKind.Cancel:
                if (holdings.FindWaiting(frame.Number) is { } wait)
                    CancelWait(wait, AnswerStatus.Cancelled);
                break;
            case FrameKind.Release:
                Release(body, (frame.Detail & ReleaseFlags.Finalized) != 0);
                break;
            case FrameKind.Contains:
                Answer(frame.Number, _directory.Contains(ReadKey(body)) ? AnswerStatus.Done : AnswerStatus.NotFound);
                break;
            case FrameKind.Delete:
                Answer(frame.Number, _directory.Delete(ReadKey(body)) ? AnswerStatus.Done : AnswerStatus.NotFound);
                break;
            case FrameKind.Totals:
                output.Append(FrameKind.Answer, 0, AnswerShape.Totals, frame.Number, TotalsBody.ToBytes(server.GetTotals()));
                break;
            default:
                throw new StoreProtocolException($"A client does not send frames of kind {frame.Kind}.");
        }
    }

    /// <summary>Answers a get that had to wait.</summary>
    public void Answer(GetWait wait)
    {
        if (wait.Status == AnswerStatus.Done && wait.Found.Spilled is { } spilled)
        {
            RestoreWait restore = new(wait.TimeLeft, _store.Time);
            if (holdings.TryChangeWaiting(wait.Request, restore))
                _ = RestoreAsync(wait.Request, wait.Key, wait.InPlace, wait.Found, spilled, restore);
            return;
        }

        holdings.RemoveWaiting(wait.Request);
        if (wait.Status == AnswerStatus.Done)
            Answer(wait.Request, wait.Key, wait.InPlace, wait.Found);
        else
            Answer(wait.Request, wait.Status);
    }

    /// <summary>Ends a wait, unless it has ended meanwhile.</summary>
    public void CancelWait(object waiting, AnswerStatus reason)
    {
        if (waiting is CancellationTokenSource room)
        {
            room.Cancel();
        }
        else if (waiting is RestoreWait restore)
        {
            restore.End(reason);
        }
        else if (waiting is GetWait wait && _directory.TryTake(wait))
        {
            wait.Status = reason;
            client.Finish(wait);
        }
    }

    private static StoreKey ReadKey(ReadOnlySpan<byte> body) => body.Length == StoreKey.Size
        ? StoreKey.Read(body)
        : throw new StoreProtocolException($"A key has {StoreKey.Size} bytes, not {body.Length}.");

    private static uint ReadNumber(ReadOnlySpan<byte> body) => body.Length == sizeof(uint)
        ? BinaryPrimitives.ReadUInt32LittleEndian(body)
        : throw new StoreProtocolException($"A number has {sizeof(uint)} bytes, not {body.Length}.");

    private void Answer(uint request, AnswerStatus status) => output.Append(FrameKind.Answer, (byte)status, AnswerShape.Nothing, request, default);

    private void Answer(uint request, AnswerStatus status, string sentence) =>
        output.Append(FrameKind.Answer, (byte)status, AnswerShape.Text, request, Encoding.UTF8.GetBytes(sentence));

    private void Put(uint request, ReadOnlySpan<byte> body)
    {
        int length = body.Length - StoreKey.Size;
        if (length < 0 || length > _inlineLimit)
            throw new StoreProtocolException($"A put has a key and up to {_inlineLimit} bytes, not {length}.");
        StoreKey key = StoreKey.Read(body);
        ReadOnlySpan<byte> value = body[StoreKey.Size..];
        if (_directory.Counters.InlineBytes + length <= server.InlineCapacityBytes)
        {
            Answer(request, _directory.Publish(key, value.ToArray(), length));
            return;
        }

        if (_directory.TryBegin(key, length) is not { } entry)
        {
            Answer(request, AnswerStatus.Exists);
            return;
        }

        byte[] copy = value.ToArray();
        Allocate(
            request,
            entry,
            () => _store.TryCreate(length) is { } block ? (block, 0) : null,
            async ct => (await _store.CreateInArenaAsync(length, null, ct).ConfigureAwait(false), 0),
            (block, _) => PutInto(request, entry, block, copy));
    }

    private void PutInto(uint request, DirectoryEntry entry, StoreBlock block, byte[] value)
    {
        block.Write(0, value);
        block.Seal();
        bool isSealed = _directory.TrySeal(entry, block, 0);
        if (!isSealed)
            block.Delete();
        Answer(request, isSealed ? AnswerStatus.Done : AnswerStatus.Deleted);
    }

    private void Create(uint request, TimedBody body, bool copiesOnly)
    {
        if (body.Length < 0)
            throw new StoreProtocolException($"An object of {body.Length} bytes was created.");
        if (_directory.TryBegin(body.Key, body.Length) is not { } entry)
        {
            Answer(request, AnswerStatus.Exists);
            return;
        }

        TimeSpan? timeout = body.TimeoutMilliseconds < 0 ? null : body.Timeout;
        Allocate(
            request,
            entry,
            () => !copiesOnly ? PagedBlocks.TryCreate(_store, body.Length, _places.For(body.Length)) : _store.TryCreate(body.Length, _places.For(body.Length)) is { } block ? (block, 0) : null,
            async ct => copiesOnly
                ? (await _store.CreateInArenaAsync(body.Length, timeout, ct).ConfigureAwait(false), 0)
                : await PagedBlocks.CreateAsync(_store, body.Length, timeout, ct).ConfigureAwait(false),
            (block, padding) => Created(request, entry, block, padding));
    }

    private void Created(uint request, DirectoryEntry entry, StoreBlock block, int padding)
    {
        UnsealedObject unsealed = new(entry, block, padding);
        if (holdings.AddUnsealed(unsealed) is not { } number)
        {
            _directory.Abort(entry, AnswerStatus.CreatorGone);
            block.Delete();
            return;
        }

        _places.Add(block);
        Answer(request, new BlockBody(number, unsealed.Offset, entry.Length));
    }

    private void Seal(uint request, UnsealedObject written)
    {
        written.Block.Seal();
        bool isSealed = _directory.TrySeal(written.Entry, written.Block, written.Padding);
        if (!isSealed)
            written.Block.Delete();
        Answer(request, isSealed ? AnswerStatus.Done : AnswerStatus.Deleted);
    }

    private void Get(uint request, TimedBody body, bool inPlace)
    {
        if (_directory.TryFind(body.Key, out Found found))
        {
            AnswerOrRestore(request, body, inPlace, found);
            return;
        }

        if (body.TimeoutMilliseconds == 0)
        {
            Answer(request, AnswerStatus.TimedOut);
            return;
        }

        GetWait wait = new(client, request, body.Key, inPlace, body.TimeoutMilliseconds < 0 ? null : body.Timeout, _store.Time);
        holdings.AddWaiting(request, wait);
        if (_directory.TryFindOrWait(wait, out found))
        {
            holdings.RemoveWaiting(request);
            AnswerOrRestore(request, body, inPlace, found);
        }
        else if (body.TimeoutMilliseconds > 0)
        {
            wait.SetTimer(_store.Time.CreateTimer(_ => CancelWait(wait, AnswerStatus.TimedOut), null, body.Timeout, Timeout.InfiniteTimeSpan));
        }
    }

    private void AnswerOrRestore(uint request, TimedBody body, bool inPlace, Found found)
    {
        if (found.Spilled is not { } spilled)
        {
            Answer(request, body.Key, inPlace, found);
            return;
        }

        // It is there: a get that would not wait for it to be made gets it all the same.
        RestoreWait restore = new(body.TimeoutMilliseconds <= 0 ? null : body.Timeout, _store.Time);
        holdings.AddWaiting(request, restore);
        _ = RestoreAsync(request, body.Key, inPlace, found, spilled, restore);
    }

    /// <summary>
    /// Answers a get when its object is in memory again. Small ones may be read from a mapping of the file, since their bytes are sent; others must be in the
    /// arena, where the client reads them. Until the answer is appended it waits as a pin, not as bytes. What comes after the client's end is let go of at once.
    /// </summary>
    private async Task RestoreAsync(uint request, StoreKey key, bool inPlace, Found found, StoredObject spilled, RestoreWait wait)
    {
        try
        {
            bool isSent = !inPlace && found.Length <= _inlineLimit;
            StorePin pin = await (isSent ? spilled.PinAsync(ct: wait.Token) : spilled.PinInArenaAsync(wait.Token)).ConfigureAwait(false);
            wait.StopTimer();
            client.Finish(new GetWait(client, request, key, inPlace, timeout: null, _store.Time) { Status = AnswerStatus.Done, Found = found with { Block = pin.HandOver() } });
        }
        catch (Exception error) when (Reason(error, wait) is { } reason)
        {
            wait.StopTimer();
            GiveUp(request, null, reason, error is StoreFullException or IOException or UnauthorizedAccessException ? error.Message : null);
            client.WakeWriter();
        }
    }

    private AnswerStatus? Reason(Exception error, RestoreWait wait) => error switch
    {
        OperationCanceledException => wait.Reason,
        StoreFullException => AnswerStatus.Full,
        ObjectDamagedException => AnswerStatus.Damaged,
        ObjectDisposedException => _store.IsDisposed ? AnswerStatus.Closed : AnswerStatus.Deleted,
        IOException or UnauthorizedAccessException => AnswerStatus.Unreadable,
        _ => null,
    };

    private void Release(ReadOnlySpan<byte> body, bool finalized)
    {
        if (body.IsEmpty || body.Length % sizeof(uint) != 0)
            throw new StoreProtocolException($"A release names pins with {sizeof(uint)} bytes each, not {body.Length} bytes.");
        for (; !body.IsEmpty; body = body[sizeof(uint)..])
            holdings.TakePin(BinaryPrimitives.ReadUInt32LittleEndian(body)).Release(finalized);
    }

    private void Answer(uint request, StoreKey key, bool inPlace, Found found)
    {
        if (found.Bytes is { } bytes)
        {
            if (inPlace)
                Promote(request, key, bytes);
            else
                output.Append(FrameKind.Answer, 0, AnswerShape.Bytes, request, bytes);
            return;
        }

        AnswerPinned(request, inPlace, found);
    }

    private void AnswerPinned(uint request, bool inPlace, Found found)
    {
        StoreBlock block = found.Block!;
        if (!inPlace && found.Length <= _inlineLimit)
        {
            output.Append(FrameKind.Answer, 0, AnswerShape.Bytes, request, block.GetReadOnlySpan(found.Padding, (int)found.Length));
            found.Release();
        }
        else if (holdings.AddPin(block) is { } pin)
        {
            Answer(request, new BlockBody(pin, block.Offset + found.Padding, found.Length));
        }
        else
        {
            found.Release();
        }
    }

    private void Answer(uint request, BlockBody body)
    {
        Span<byte> bytes = stackalloc byte[BlockBody.Size];
        body.Write(bytes);
        output.Append(FrameKind.Answer, 0, AnswerShape.Block, request, bytes);
    }

    /// <summary>Moves an inline object into the arena for all who come, and answers.</summary>
    private void Promote(uint request, StoreKey key, byte[] bytes) => Allocate(
        request,
        null,
        () => _store.TryCreate(bytes.Length) is { } block ? (block, 0) : null,
        async ct => (await _store.CreateInArenaAsync(bytes.Length, null, ct).ConfigureAwait(false), 0),
        (block, _) =>
        {
            block.Write(0, bytes);
            block.Seal();
            bool isThere = _directory.TryPromote(key, bytes, block, out Found found, out bool isTaken);
            if (!isTaken)
                block.Delete();
            if (isThere)
                AnswerOrRestore(request, new TimedBody(key, 0, 0), inPlace: true, found);
            else
                Answer(request, AnswerStatus.Deleted);
        });

    /// <summary>Gets a block, at once or when there is room, and goes on with it on whichever thread that is.</summary>
    private void Allocate(
        uint request,
        DirectoryEntry? entry,
        Func<(StoreBlock Block, int Padding)?> tryCreate,
        Func<CancellationToken, Task<(StoreBlock Block, int Padding)>> create,
        Action<StoreBlock, int> goOn)
    {
        try
        {
            if (tryCreate() is { } found)
            {
                goOn(found.Block, found.Padding);
                return;
            }

            CancellationTokenSource source = new();
            holdings.AddWaiting(request, source);
            _ = WaitForRoomAsync(request, entry, create(source.Token), goOn);
        }
        catch (ObjectDisposedException)
        {
            GiveUp(request, entry, AnswerStatus.Closed, null);
        }
        catch (StoreProtocolException)
        {
            // Its connection ends. One of the same number that waits is another request, and ends with it.
            if (entry is not null)
                _directory.Abort(entry, AnswerStatus.CreatorGone);
            throw;
        }
    }

    private async Task WaitForRoomAsync(uint request, DirectoryEntry? entry, Task<(StoreBlock Block, int Padding)> room, Action<StoreBlock, int> goOn)
    {
        try
        {
            (StoreBlock block, int padding) = await room.ConfigureAwait(false);
            holdings.RemoveWaiting(request);
            goOn(block, padding);
        }
        catch (StoreFullException error)
        {
            GiveUp(request, entry, AnswerStatus.Full, error.Message);
        }
        catch (OperationCanceledException)
        {
            GiveUp(request, entry, AnswerStatus.Cancelled, null);
        }
        catch (ObjectDisposedException)
        {
            GiveUp(request, entry, AnswerStatus.Closed, null);
        }

        client.WakeWriter();
    }

    private void GiveUp(uint request, DirectoryEntry? entry, AnswerStatus reason, string? sentence)
    {
        holdings.RemoveWaiting(request);
        if (entry is not null)
            _directory.Abort(entry, reason == AnswerStatus.Cancelled ? AnswerStatus.Aborted : reason);
        if (sentence is null)
            Answer(request, reason);
        else
            Answer(request, reason, sentence);
    }
}
