using System.Collections.Concurrent;
using System.Reflection;
using System.Runtime.CompilerServices;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Functions;
using RayOrleans.Serialization.Generated;
using RayOrleans.Serialization.Types;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization;

/// <summary>
/// Turns any .NET value into bytes and back, without annotations; and functions with what they capture. One instance serves one runtime or load
/// context: everything it learns about types is kept in it, so that a collectible context can be unloaded once the instance is dropped. Thread-safe.
/// </summary>
public sealed class ValueSerializer
{
    private const int RecentRoots = 64;

    [ThreadStatic]
    private static WriteContext? t_writer;

    [ThreadStatic]
    private static ReadContext? t_reader;

    private readonly ConcurrentDictionary<Type, Codec> _codecs = new();
    private readonly ConcurrentDictionary<Type, BodyCodec> _bodies = new();
    private readonly ConcurrentDictionary<Type, Root> _roots = new();

    // The roots in use, found by their type's address: 2 ns where the dictionary takes 8. Entries may be replaced at any time; they are checked on use.
    private readonly Root?[] _recentRoots = new Root?[RecentRoots];

    /// <summary>Makes a serialiser with empty caches.</summary>
    /// <param name="options">Settings; null for the defaults.</param>
    public ValueSerializer(ValueSerializerOptions? options = null)
    {
        Options = options ?? new ValueSerializerOptions();
        ArgumentOutOfRangeException.ThrowIfNegative(Options.OutOfBandBytes, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(Options.MaxExtraStacks, nameof(options));
        Types = new TypeTable(this);
        Functions = new FunctionTable(this);
        Generated = new GeneratedSerializers(this);
    }

    internal ValueSerializerOptions Options { get; }

    internal TypeTable Types { get; }

    internal FunctionTable Functions { get; }

    internal GeneratedSerializers Generated { get; }

    /// <summary>Writes a value; its large arrays are not copied yet.</summary>
    /// <typeparam name="T">The static type, which <see cref="Deserialize{T}"/> must name as well.</typeparam>
    /// <param name="value">The value; not to be changed before the result was copied.</param>
    /// <param name="tracker">Learns of the references in the value; null where it cannot contain any.</param>
    /// <returns>The header and buffers; dispose it once it was copied.</returns>
    /// <exception cref="RaySerializationException">Something in the value cannot travel; names its member path.</exception>
    public SerializedValue Serialize<T>(T value, IReferenceTracker? tracker)
    {
        WriteContext w = Write(value, tracker);
        SerializedValue result = w.Detach();
        Return(w);
        return result;
    }

    /// <summary>Writes a value into an array of its own: the short way for small values.</summary>
    /// <typeparam name="T">The static type, which <see cref="Deserialize{T}"/> must name as well.</typeparam>
    /// <param name="value">The value.</param>
    /// <param name="tracker">Learns of the references in the value; null where it cannot contain any.</param>
    /// <returns>The flat form.</returns>
    /// <exception cref="RaySerializationException">Something in the value cannot travel, or it is larger than an array can be.</exception>
    public byte[] SerializeToArray<T>(T value, IReferenceTracker? tracker)
    {
        WriteContext w = Write(value, tracker);
        if (!w.HasBuffers)
        {
            byte[] bytes = w.ToArray();
            Return(w);
            return bytes;
        }

        using SerializedValue flat = w.Detach();
        Return(w);
        return flat.ToArray();
    }

    /// <summary>Reads a value: a copy of its own, except for what is read in place and cannot be changed.</summary>
    /// <typeparam name="T">The static type it was written as.</typeparam>
    /// <param name="source">The flat form.</param>
    /// <param name="tracker">Makes the references in the value; null where it does not contain any.</param>
    /// <returns>The value.</returns>
    /// <exception cref="RaySerializationException">The bytes are damaged, were written as another type or by another build, or name code that is not here.</exception>
    public T Deserialize<T>(ValueSource source, IReferenceTracker? tracker)
    {
        ArgumentNullException.ThrowIfNull(source);
        ReadContext r = t_reader ?? new ReadContext();
        t_reader = null;
        try
        {
            Root<T> root = RootOf<T>();
            r.Begin(this, source, tracker, root.Fingerprint, typeof(T));
            T value = root.Codec.Read(r);
            r.Finish();
            return value;
        }
        catch (Exception e) when (e is not InsufficientMemoryException)
        {
            throw Failure.Reading(typeof(T), r.Path, e);
        }
        finally
        {
            r.Reset();
            t_reader = r;
            GC.KeepAlive(source);
        }
    }

    /// <summary>
    /// Copies what a function captures, and only what its body uses. Null when it captures nothing (static methods and lambdas without captures):
    /// the function itself can then be shared. Writes to captured variables stay with whoever makes them.
    /// </summary>
    /// <param name="function">The function.</param>
    /// <param name="tracker">Learns of the references among the captured variables.</param>
    /// <returns>The packed function, or null.</returns>
    /// <exception cref="RaySerializationException">A captured variable that is used cannot travel; names it.</exception>
    public PackedDelegate? PackDelegate(Delegate function, IReferenceTracker? tracker)
    {
        ArgumentNullException.ThrowIfNull(function);
        return function.HasSingleTarget && function.Target is null ? null : Functions.Pack(function, tracker, always: false);
    }

    /// <summary>As <see cref="PackDelegate"/>, but never null: the form in which a function without captures is sent to another process.</summary>
    /// <param name="function">The function.</param>
    /// <param name="tracker">Learns of the references among the captured variables.</param>
    /// <returns>The packed function.</returns>
    /// <exception cref="RaySerializationException">The function or a captured variable cannot travel.</exception>
    public PackedDelegate DescribeDelegate(Delegate function, IReferenceTracker? tracker)
    {
        ArgumentNullException.ThrowIfNull(function);
        return Functions.Pack(function, tracker, always: true)!;
    }

    /// <summary>Makes a function with its own copy of the captured state.</summary>
    /// <param name="packed">The packed function; it can be unpacked any number of times.</param>
    /// <param name="tracker">Makes the references among the captured variables.</param>
    /// <returns>A new delegate of the same type and method.</returns>
    /// <exception cref="RaySerializationException">The captured state cannot be read here.</exception>
    public Delegate UnpackDelegate(PackedDelegate packed, IReferenceTracker? tracker)
    {
        ArgumentNullException.ThrowIfNull(packed);
        return packed.Unpack(this, tracker);
    }

    /// <summary>Reads a packed function that <see cref="PackedDelegate.ToBytes"/> wrote, possibly in another process with the same build of the code.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <returns>The packed function.</returns>
    /// <exception cref="RaySerializationException">The bytes are damaged, or the code is not here or of another build.</exception>
    public PackedDelegate ReadPackedDelegate(ReadOnlySpan<byte> bytes) => Functions.Read(bytes);

    /// <summary>
    /// Writes the header of a <see cref="ReadOnlyMemory{T}"/> whose elements were, or will be, written straight to byte 64 of the flat form.
    /// </summary>
    /// <typeparam name="T">The type of the elements.</typeparam>
    /// <param name="count">The number of elements.</param>
    /// <param name="destination">The first 64 bytes of the flat form.</param>
    /// <returns>The offset of the elements in the flat form: always 64.</returns>
    public int WriteMemoryHeader<T>(int count, Span<byte> destination)
        where T : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        WriteContext w = t_writer ?? new WriteContext();
        t_writer = null;
        w.Begin(this, null);
        w.WritePrefix(RootOf<ReadOnlyMemory<T>>().Fingerprint);
        Memory.MemoryForm.WritePlace(w, (long)count * Unsafe.SizeOf<T>());
        w.Finish();
        w.ToArray().CopyTo(destination);
        Return(w);
        return WireFormat.Alignment;
    }

    /// <summary>The type of a name that the serialiser's names of types are made of; null where the code is not here.</summary>
    internal Type? TryFindType(ReadOnlySpan<byte> name)
    {
        try
        {
            return Types.ResolveType(name);
        }
        catch (CorruptValueException)
        {
            // Another program's type, or damage: no object here is of it.
            return null;
        }
    }

    /// <summary>Whether a class's hash code does not depend on its fields.</summary>
    internal static bool HashesByIdentity(Type type) =>
        type.GetMethod(nameof(GetHashCode), BindingFlags.Instance | BindingFlags.Public, [])?.DeclaringType == typeof(object);

    /// <summary>The codec of places of a static type.</summary>
    internal Codec CodecOf(Type type) =>
        _codecs.TryGetValue(type, out Codec? codec) ? codec : _codecs.GetOrAdd(type, PlaceFactory.Create(this, type));

    /// <summary>The codec of places of a static type.</summary>
    internal Codec<T> CodecOf<T>() => (Codec<T>)CodecOf(typeof(T));

    /// <summary>The codec of objects of a run-time type.</summary>
    internal BodyCodec BodyOf(Type type)
    {
        if (_bodies.TryGetValue(type, out BodyCodec? known))
        {
            return known;
        }

        Types.Assemblies.Add(type);
        BodyCodec codec = BodyFactory.Create(this, type);
        if (codec.WireName.Length == 0 && codec is not RejectedCodec)
        {
            codec.WireName = TypeTable.NameOf(codec);
        }

        return _bodies.GetOrAdd(type, codec);
    }

    /// <summary>Borrows this thread's writer; give it back by <see cref="Return"/>, also after a failure.</summary>
    internal WriteContext Borrow(IReferenceTracker? tracker)
    {
        WriteContext w = t_writer ?? new WriteContext();
        t_writer = null;
        w.Begin(this, tracker);
        return w;
    }

    internal static void Return(WriteContext w)
    {
        w.Reset();
        t_writer = w;
    }

    private WriteContext Write<T>(T value, IReferenceTracker? tracker)
    {
        WriteContext w = Borrow(tracker);
        try
        {
            Root<T> root = RootOf<T>();
            w.WritePrefix(root.Fingerprint);
            root.Codec.Write(w, value);
            w.Finish();
            return w;
        }
        catch (Exception e) when (e is not InsufficientMemoryException)
        {
            RaySerializationException failure = Failure.Writing(value?.GetType() ?? typeof(T), w.Path, e);
            Return(w);
            throw failure;
        }
    }

    private Root<T> RootOf<T>()
    {
        ref Root? recent = ref _recentRoots[(int)((nuint)typeof(T).TypeHandle.Value >> 4) & (RecentRoots - 1)];
        Root? root = recent;
        return root is not null && root.Type == typeof(T) ? Unsafe.As<Root<T>>(root) : FindRoot<T>(ref recent);
    }

    private Root<T> FindRoot<T>(ref Root? recent)
    {
        if (!_roots.TryGetValue(typeof(T), out Root? root))
        {
            Types.Assemblies.Add(typeof(T));
            root = _roots.GetOrAdd(typeof(T), new Root<T>(CodecOf<T>(), TypeTable.FingerprintOf(typeof(T), RootLayout(typeof(T)))));
        }

        recent = root;
        return (Root<T>)root;
    }

    private static uint RootLayout(Type type) =>
        type.IsPrimitive || type.IsArray || type.IsInterface || type == typeof(string) ? 0 : Fields.FieldLayout.Hash(Fields.FieldLayout.FieldsOf(type));

    private abstract class Root(Type type)
    {
        public Type Type { get; } = type;
    }

    private sealed class Root<T>(Codec<T> codec, ushort fingerprint) : Root(typeof(T))
    {
        public Codec<T> Codec { get; } = codec;

        public ushort Fingerprint { get; } = fingerprint;
    }
}
