using System.Runtime.CompilerServices;
using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Framework;

/// <summary>Lazy values: the value where it is there, else the function that makes it.</summary>
internal sealed class LazyCodec<T>(ValueSerializer serializer) : BodyCodec(typeof(Lazy<T>))
{
    private readonly Codec<T> _values = serializer.CodecOf<T>();
    private readonly Codec<Func<T>?> _functions = serializer.CodecOf<Func<T>?>();

    public override void Write(WriteContext w, object value)
    {
        var lazy = (Lazy<T>)value;
        w.WholeDepth++;
        try
        {
            if (lazy.IsValueCreated)
            {
                w.WriteByte(1);
                _values.Write(w, lazy.Value);
            }
            else
            {
                w.WriteByte(0);
                _functions.Write(w, FactoryOf(lazy));
            }
        }
        catch (Exception) when (w.Path.Note("Value"))
        {
            throw;
        }

        w.WholeDepth--;
    }

    public override object Read(ReadContext r, int id)
    {
        if (r.ReadBool())
        {
            return new Lazy<T>(_values.Read(r));
        }

        return _functions.Read(r) is { } factory ? new Lazy<T>(factory) : new Lazy<T>();
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_factory")]
    private static extern ref Func<T>? FactoryOf(Lazy<T> lazy);
}
