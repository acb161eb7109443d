using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.IO.Hashing;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Types;

/// <summary>The names of types in bytes, both ways. Names include the layout, so that another build's bytes are refused instead of misread.</summary>
internal sealed class TypeTable
{
    private const int MaxKnown = 100_000;

    private readonly ValueSerializer _serializer;
    private readonly ConcurrentDictionary<byte[], BodyCodec> _bodies = new(BytesComparer.Instance);
    private readonly ConcurrentDictionary<byte[], BodyCodec>.AlternateLookup<ReadOnlySpan<byte>> _bodiesBySpan;
    private readonly ConcurrentDictionary<byte[], Type> _types = new(BytesComparer.Instance);
    private readonly ConcurrentDictionary<byte[], Type>.AlternateLookup<ReadOnlySpan<byte>> _typesBySpan;

    public TypeTable(ValueSerializer serializer)
    {
        _serializer = serializer;
        Assemblies = new AssemblyTable(serializer.Options.LoadContext);
        _bodiesBySpan = _bodies.GetAlternateLookup<ReadOnlySpan<byte>>();
        _typesBySpan = _types.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public AssemblyTable Assemblies { get; }

    /// <summary>The name and layout of a codec's type.</summary>
    public static byte[] NameOf(BodyCodec codec)
    {
        byte[] type = TypeNameWriter.Write(codec.Type);
        byte[] name = new byte[4 + type.Length];
        BinaryPrimitives.WriteUInt32LittleEndian(name, codec.Layout);
        type.CopyTo(name, 4);
        return name;
    }

    /// <summary>16 bits that tell one root type from another, and one layout of it from another.</summary>
    public static ushort FingerprintOf(Type type, uint layout)
    {
        ulong hash = XxHash3.HashToUInt64(TypeNameWriter.Write(type)) ^ layout;
        return (ushort)(hash ^ (hash >> 16) ^ (hash >> 32) ^ (hash >> 48));
    }

    /// <summary>The codec of the type that is named.</summary>
    public BodyCodec ResolveBody(ReadOnlySpan<byte> name)
    {
        if (_bodiesBySpan.TryGetValue(name, out BodyCodec? known))
        {
            return known;
        }

        if (name.Length < 5)
        {
            throw new CorruptValueException("a type name is cut short");
        }

        Type type = ParseType(name[4..]);
        if (type.ContainsGenericParameters || type.IsByRef || type.IsPointer || type.IsByRefLike || type == typeof(void) || type.IsInterface)
        {
            throw new CorruptValueException($"no object can be a {TypeText.Of(type)}");
        }

        BodyCodec codec = _serializer.BodyOf(type);
        if (BinaryPrimitives.ReadUInt32LittleEndian(name) != codec.Layout)
        {
            throw new CorruptValueException($"the value was written with other fields of {TypeText.Of(type)} than it has here; both sides must run the same build");
        }

        if (_bodies.Count < MaxKnown)
        {
            _bodies.TryAdd(name.ToArray(), codec);
        }

        return codec;
    }

    /// <summary>The type that is named.</summary>
    public Type ResolveType(ReadOnlySpan<byte> name)
    {
        if (_typesBySpan.TryGetValue(name, out Type? known))
        {
            return known;
        }

        Type type = ParseType(name);
        if (_types.Count < MaxKnown)
        {
            _types.TryAdd(name.ToArray(), type);
        }

        return type;
    }

    private Type ParseType(ReadOnlySpan<byte> name)
    {
        var reader = new TypeNameReader(name, Assemblies);
        Type type = reader.Read();
        return reader.Position == name.Length ? type : throw new CorruptValueException("a type name is too long");
    }
}
