using RayOrleans.Serialization.Wire;

namespace RayOrleans.Runtime.Wire;

/// <summary>Writes the packed arguments of one call at a time; one per thread, reused.</summary>
internal sealed class CallArgumentWriter : CallWriter
{
    private WriteContext _output = null!;

    /// <summary>The references written so far.</summary>
    public int References { get; private set; }

    public void Begin(WriteContext output)
    {
        _output = output;
        References = 0;
    }

    public void End() => _output = null!;

    public override void Write<T>(in Arg<T> arg)
    {
        WriteContext w = _output;
        if (arg.IsActor)
        {
            w.WriteByte((byte)ArgumentTag.Actor);
        }
        else if (arg.Ref is not null)
        {
            References++;
            w.WriteByte((byte)ArgumentTag.Reference);
        }
        else if (arg.Packed is PackedArgument packed)
        {
            w.WriteByte((byte)ArgumentTag.Packed);
            w.WriteCount(packed.Contained?.Length ?? 0);
            w.WriteCount(packed.Bytes.Length);
            w.WriteBytes(packed.Bytes);
        }
        else if (arg.Value is null || typeof(T) == typeof(CancellationToken))
        {
            // The receiving runtime supplies its own token, whatever the caller's was.
            w.WriteByte((byte)ArgumentTag.Default);
        }
        else if (ValueTraits<T>.IsImmutable)
        {
            w.WriteByte((byte)ArgumentTag.Value);
            w.Serializer.CodecOf<T>().Write(w, arg.Value);
        }
        else
        {
            throw new InvalidOperationException($"An argument of type {typeof(T)} could still change: the call must be packed before it is sent.");
        }
    }
}
