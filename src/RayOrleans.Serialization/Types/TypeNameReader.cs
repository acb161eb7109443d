using System.Buffers.Binary;
using System.Text;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Types;

/// <summary>Finds the types that <see cref="TypeNameWriter"/> named.</summary>
internal ref struct TypeNameReader(ReadOnlySpan<byte> bytes, AssemblyTable assemblies)
{
    private const int MaxDepth = 64;
    private readonly ReadOnlySpan<byte> _bytes = bytes;
    private int _position;
    private int _depth;

    /// <summary>How many bytes were read.</summary>
    public readonly int Position => _position;

    public Type Read()
    {
        if (++_depth > MaxDepth)
        {
            throw new CorruptValueException("a type name nests too deeply");
        }

        Type type = (TypeNameKind)Next() switch
        {
            TypeNameKind.Known => KnownTypes.Find(Next()) ?? throw new CorruptValueException("an unknown type number"),
            TypeNameKind.Named => assemblies.FindType(ReadText(), ReadText()),
            TypeNameKind.Generic => ReadGeneric(),
            TypeNameKind.Vector => Element().MakeArrayType(),
            TypeNameKind.Array => ReadArray(),
            TypeNameKind.Pointer => Read().MakePointerType(),
            TypeNameKind.ByReference => Read().MakeByRefType(),
            TypeNameKind.Parameter => ReadParameter(),
            TypeNameKind other => throw new CorruptValueException($"type name kind {(byte)other}"),
        };
        _depth--;
        return type;
    }

    private Type ReadGeneric()
    {
        int count = Next();
        Type definition = Read();
        if (!definition.IsGenericTypeDefinition || definition.GetGenericArguments().Length != count)
        {
            throw new CorruptValueException($"{TypeText.Of(definition)} does not take {count} type arguments");
        }

        var arguments = new Type[count];
        for (int i = 0; i < count; i++)
        {
            arguments[i] = Read();
        }

        return Compose(definition, arguments);
    }

    private static Type Compose(Type definition, Type[] arguments)
    {
        try
        {
            return definition.MakeGenericType(arguments);
        }
        catch (Exception e) when (e is ArgumentException or TypeLoadException or NotSupportedException)
        {
            throw new CorruptValueException($"{TypeText.Of(definition)} cannot be made of {string.Join(", ", arguments.Select(TypeText.Of))}: {e.Message}");
        }
    }

    private Type ReadArray()
    {
        int rank = Next();
        return rank is >= 1 and <= 32 ? Element().MakeArrayType(rank) : throw new CorruptValueException($"an array of rank {rank}");
    }

    private Type Element()
    {
        Type element = Read();
        return element.IsByRef || element.IsByRefLike || element == typeof(void)
            ? throw new CorruptValueException($"an array of {TypeText.Of(element)}")
            : element;
    }

    private Type ReadParameter()
    {
        int position = Next();
        Type[] parameters = Read().GetGenericArguments();
        return position < parameters.Length ? parameters[position] : throw new CorruptValueException("an unknown type parameter");
    }

    private string ReadText()
    {
        int length = BinaryPrimitives.ReadUInt16LittleEndian(Take(2));
        return Encoding.UTF8.GetString(Take(length));
    }

    private byte Next() => Take(1)[0];

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _bytes.Length - _position)
        {
            throw new CorruptValueException("a type name is cut short");
        }

        ReadOnlySpan<byte> part = _bytes.Slice(_position, length);
        _position += length;
        return part;
    }
}
