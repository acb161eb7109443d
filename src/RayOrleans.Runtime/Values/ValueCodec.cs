using RayOrleans.Core;
using RayOrleans.ObjectStore;
using RayOrleans.Runtime.Code;
using RayOrleans.Runtime.Processes;
using RayOrleans.Serialization;

namespace RayOrleans.Runtime;

/// <summary>
/// Values to the form an entry keeps, and back. What nothing can change is kept and handed out as it is; everything else is
/// serialised: small values inline, larger ones in the store, with one copy of their data.
/// </summary>
internal sealed class ValueCodec(NodeServices node)
{
    /// <summary>The longest that the store lets anybody wait for room.</summary>
    public static readonly TimeSpan LongestWait = TimeSpan.FromDays(1);

    private static readonly object BoxedUnit = default(Unit);

    /// <summary>Writes a value.</summary>
    /// <param name="value">The value.</param>
    /// <param name="code">The shipped code of whoever writes; null: this process' own.</param>
    /// <param name="nested">For a task's result: takes what the attempt put and it refers to.</param>
    /// <param name="isStored">Whether it lies in the store however small it is.</param>
    public WrittenValue Write<T>(T value, LoadedCode? code, NestedPuts? nested = null, bool isStored = false)
    {
        if (ValueTraits<T>.IsImmutable && !isStored)
        {
            return new WrittenValue(Box(value), SizeOf(value), null, null);
        }

        return value is null && !isStored ? default : Serialize(value, SerializerOf(code), nested, isStored);
    }

    /// <inheritdoc cref="Write{T}"/>
    public async ValueTask<WrittenValue> WriteAsync<T>(T value, LoadedCode? code, bool isStored, CancellationToken cancellationToken)
    {
        if ((ValueTraits<T>.IsImmutable || value is null) && !isStored)
        {
            return Write(value, code);
        }

        WriteTracker tracker = new(node);
        using SerializedValue serialized = SerializerOf(code).Serialize(value, tracker);
        if (IsInline(serialized) && !isStored)
        {
            return Inline(serialized, tracker);
        }

        if (node.Shared is { } shared)
        {
            return Share(serialized, tracker, shared);
        }

        StoreBlock block;
        try
        {
            block = await node.Store.CreateAsync(serialized.TotalLength, LongestWait, cancellationToken);
        }
        catch (Exception e) when (StoreErrors.Translate(e, node) is { } error)
        {
            throw error;
        }

        return Fill(block, serialized, tracker);
    }

    /// <summary>Reads a settled entry's value; throws its failure.</summary>
    /// <param name="entry">The entry, held by the caller.</param>
    /// <param name="scope">The attempt that reads: what it reads in place stays pinned until it ends.</param>
    public T Read<T>(ObjectEntry entry, TaskScope? scope) => Read<T>(entry, scope, scope?.Code);

    /// <inheritdoc cref="Read{T}(ObjectEntry, TaskScope?)"/>
    /// <param name="entry">The entry, held by the caller.</param>
    /// <param name="scope">The attempt that keeps what is read in place; null: the caller does.</param>
    /// <param name="code">The shipped code of whoever reads; null: this process' own.</param>
    public T Read<T>(ObjectEntry entry, TaskScope? scope, LoadedCode? code)
    {
        T value = ReadPinned<T>(entry, code, out IDisposable? pin, scope, isShared: scope is null);
        if (pin is not null)
        {
            scope?.KeepPin(pin);
        }

        return value;
    }

    /// <summary>As <see cref="Read{T}(ObjectEntry, TaskScope?, LoadedCode?)"/>, with the pin that all memory of the value shares.</summary>
    /// <param name="entry">The entry, held by the caller.</param>
    /// <param name="code">The shipped code of whoever reads; null: this process' own.</param>
    /// <param name="pin">Keeps what is read in place: until it is disposed of, or collected together with all such memory; null when there is none.</param>
    /// <param name="scope">The attempt that reads.</param>
    /// <param name="isShared">Whether nobody disposes of the pin, so that all who read the value so share one while any of its memory is alive.</param>
    public T ReadPinned<T>(ObjectEntry entry, LoadedCode? code, out IDisposable? pin, TaskScope? scope = null, bool isShared = false)
    {
        pin = null;
        while (true)
        {
            if (entry.Status != ObjectStatus.Available)
            {
                AwaitAgain(entry, scope, code);
                continue;
            }

            object? value = entry.Value;
            ObjectEntry[]? contained = entry.Contained;

            // Freed or lost meanwhile: the status changes before the value goes, so a value read before an unchanged status is the value.
            Volatile.ReadBarrier();
            if (entry.Status != ObjectStatus.Available)
            {
                continue;
            }

            if (value is SharedValue distant)
            {
                if (Open(entry, distant, out IDisposable? open) is { } source)
                {
                    return Decode<T>(source, open!, contained, scope, code, out pin);
                }

                continue;
            }

            if (value is not StoreValue store)
            {
                return value is StoredValue stored ? Decode<T>(stored, contained, scope, code) : (T)value!;
            }

            if (isShared && MemoryView<T>.Instance is { } views && store.SharedMemory is { } memory && views.TryRead(memory, out T? seen))
            {
                return seen;
            }

            if (isShared && store.SharedPin is { } shared)
            {
                return SerializerOf(code).Deserialize<T>(new BlockSource(shared), Tracker(contained, scope));
            }

            if (Pin(entry, store) is { } held)
            {
                T read = Decode<T>(new BlockSource(held), held, contained, scope, code, out pin);
                if (isShared && pin is not null)
                {
                    store.SharePin(held, MemoryView<T>.Instance?.ManagerOf(read));
                }

                return read;
            }

            if (ReferenceEquals(entry.Value, value) && entry.Status == ObjectStatus.Available)
            {
                throw Failed(entry, code);
            }
        }
    }

    /// <summary>Decodes a packed argument.</summary>
    public T Unpack<T>(PackedArgument packed, TaskScope scope)
    {
        ReadTracker? tracker = packed.Contained is null ? null : new ReadTracker(node, scope.Root, packed.Contained);
        return SerializerOf(scope.Code).Deserialize<T>(new ArraySource(packed.Bytes), tracker);
    }

    /// <summary>The exception of a failed object, for whoever reads it.</summary>
    public Exception Failed(ObjectEntry entry, LoadedCode? code) => FailureErrors.ToException(entry, node, SerializerOf(code));

    /// <summary>What knows the types of a code.</summary>
    public ValueSerializer SerializerOf(LoadedCode? code) => code?.Serializer ?? node.Serializer;

    public static object? Box<T>(T value)
    {
        if (typeof(T) == typeof(Unit))
        {
            return BoxedUnit;
        }

        return value;
    }

    private static long SizeOf<T>(T value) =>
        typeof(T).IsValueType ? System.Runtime.CompilerServices.Unsafe.SizeOf<T>() : value is string text ? text.Length * 2L : 8;

    private WrittenValue Serialize<T>(T value, ValueSerializer serializer, NestedPuts? nested, bool isStored)
    {
        WriteTracker tracker = new(node, nested);
        using SerializedValue serialized = serializer.Serialize(value, tracker);
        if (IsInline(serialized) && !isStored)
        {
            return Inline(serialized, tracker);
        }

        if (node.Shared is { } shared)
        {
            return Share(serialized, tracker, shared);
        }

        node.Collect.BeforePut(serialized.TotalLength);
        StoreBlock block;
        try
        {
            block = node.Store.Create(serialized.TotalLength);
        }
        catch (Exception e) when (StoreErrors.Translate(e, node) is { } error)
        {
            throw error;
        }

        return Fill(block, serialized, tracker);
    }

    private bool IsInline(SerializedValue serialized) => serialized.TotalLength <= node.Options.InlineThresholdBytes;

    private WrittenValue Share(SerializedValue serialized, WriteTracker tracker, ProcessStore store)
    {
        try
        {
            return new WrittenValue(store.Write(serialized), serialized.TotalLength, tracker.Entries, tracker.KeepAlive);
        }
        catch (StoreRequestException e)
        {
            throw StoreErrors.Translate(e, node)!;
        }
    }

    /// <summary>Opens a value in the store of the node; null: it is gone, and is asked for again.</summary>
    private PinnedSource? Open(ObjectEntry entry, SharedValue value, out IDisposable? held)
    {
        held = null;
        WorkerThread? worker = WorkerThread.Current;
        worker?.EnterBlocked();
        try
        {
            return value.Open(out held);
        }
        catch (StoreRequestException e) when (e.Failure is StoreFailure.Deleted or StoreFailure.Damaged)
        {
            node.Gate.Do(engine => engine.LoseHere(entry, value, "in its node's store"));
            return null;
        }
        catch (StoreRequestException e)
        {
            throw StoreErrors.Translate(e, node)!;
        }
        finally
        {
            worker?.LeaveBlocked();
        }
    }

    private static WrittenValue Inline(SerializedValue serialized, WriteTracker tracker) =>
        new(new InlineValue(serialized.ToArray()), serialized.TotalLength, tracker.Entries, tracker.KeepAlive);

    private WrittenValue Fill(StoreBlock block, SerializedValue serialized, WriteTracker tracker)
    {
        try
        {
            serialized.CopyTo(new BlockWriter(block));
            block.Seal();
        }
        catch
        {
            block.Abort();
            throw;
        }

        return new WrittenValue(new StoreValue(node.Store.Keep(block)), serialized.TotalLength, tracker.Entries, tracker.KeepAlive);
    }

    /// <summary>A settled entry that has no value: it failed, or its value was lost since and comes again.</summary>
    private void AwaitAgain(ObjectEntry entry, TaskScope? scope, LoadedCode? code)
    {
        if (entry.IsSettled)
        {
            // Settled again between the two looks: with a value, this time.
            if (entry.Status == ObjectStatus.Available)
            {
                return;
            }

            throw Failed(entry, code);
        }

        if (node.Stopped is not null)
        {
            throw Failed(entry, code);
        }

        node.Waits.Wait(entry, scope, Timeout.InfiniteTimeSpan, CancellationToken.None);
    }

    private StorePin? Pin(ObjectEntry entry, StoreValue store)
    {
        try
        {
            return node.Spilled.Pin(entry, store);
        }
        catch (Exception e) when (StoreErrors.Translate(e, node) is { } error)
        {
            throw error;
        }
    }

    /// <summary>Reads a value from the store and lets go of what pins it, unless memory is read in place.</summary>
    private T Decode<T>(PinnedSource source, IDisposable held, ObjectEntry[]? contained, TaskScope? scope, LoadedCode? code, out IDisposable? pin)
    {
        pin = null;
        try
        {
            T value = SerializerOf(code).Deserialize<T>(source, Tracker(contained, scope));
            pin = source.IsReadInPlace ? held : null;
            return value;
        }
        finally
        {
            if (pin is null)
            {
                held.Dispose();
            }
        }
    }

    private T Decode<T>(StoredValue stored, ObjectEntry[]? contained, TaskScope? scope, LoadedCode? code)
    {
        switch (stored)
        {
            case TupleValue tuple:
                return TupleShape<T>.Join(tuple.Parts, this, scope);
            case InlineValue inline:
                return SerializerOf(code).Deserialize<T>(new ArraySource(inline.Bytes), Tracker(contained, scope));
            case BoxedValue boxed:
                return (T)SerializerOf(code).Deserialize<object>(new ArraySource(boxed.Bytes), null);
            case UnsendableValue unsendable:
                throw new RaySerializationException(unsendable.Why);
            default:
                throw new InvalidOperationException($"Unknown stored form {stored.GetType().Name}.");
        }
    }

    private ReadTracker? Tracker(ObjectEntry[]? contained, TaskScope? scope) =>
        new(node, scope?.Root ?? node.Pool.DriverRay!, contained);
}
