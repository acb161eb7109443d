using System.Runtime.CompilerServices;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Codecs;

/// <summary>Places of a reference type: null, an object met before, or an object of this or a derived type.</summary>
internal sealed class ObjectCodec<T>(ValueSerializer serializer) : Codec<T>
    where T : class?
{
    private readonly bool _sealed = typeof(T).IsSealed;
    private BodyCodec? _exact;
    private Derived? _lastDerived;

    public override bool CompleteWhenRead => _sealed && ValueSerializer.HashesByIdentity(typeof(T));

    public override void Write(WriteContext w, in T value)
    {
        object? o = value;
        if (o is null)
        {
            w.WriteByte(ObjectTag.Null);
        }
        else if (_sealed || o.GetType() == typeof(T))
        {
            w.WriteObject(o, _exact ??= serializer.BodyOf(o.GetType()), exact: true);
        }
        else
        {
            WriteDerived(w, o);
        }
    }

    public override T Read(ReadContext r)
    {
        byte tag = r.ReadByte();
        if (tag == ObjectTag.Null)
        {
            return null!;
        }

        if (tag is ObjectTag.Exact or ObjectTag.ExactLater)
        {
            object made = r.ReadObject(tag, _exact ??= typeof(T).IsInterface ? null : serializer.BodyOf(typeof(T)));
            return Unsafe.As<object, T>(ref made);
        }

        object value = r.ReadObject(tag, null);
        return value is T
            ? Unsafe.As<object, T>(ref value)
            : throw new CorruptValueException($"a {TypeText.Of(value.GetType())} stands where a {TypeText.Of(typeof(T))} is expected");
    }

    private void WriteDerived(WriteContext w, object value)
    {
        Type type = value.GetType();
        Derived? last = _lastDerived;
        if (last is null || last.Type != type)
        {
            _lastDerived = last = new Derived(type, serializer.BodyOf(type));
        }

        w.WriteObject(value, last.Codec, exact: false);
    }

    private sealed record Derived(Type Type, BodyCodec Codec);
}
