using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Codecs;

/// <summary>Writes and reads places of one static type: fields, elements, roots.</summary>
internal abstract class Codec
{
    /// <summary>The static type of the places.</summary>
    public abstract Type Type { get; }

    /// <summary>Whether values of this type hash and compare the same as soon as they are read, before the rest of the value is.</summary>
    public virtual bool CompleteWhenRead => false;

    /// <summary>The fewest bytes that a value takes in the header; bounds what a damaged count can make.</summary>
    public virtual int MinBytes => 1;

    /// <summary>Writes a boxed value.</summary>
    public abstract void WriteBoxed(WriteContext w, object? value);

    /// <summary>Reads a boxed value.</summary>
    public abstract object? ReadBoxed(ReadContext r);

    /// <summary>Makes the codec of a field of this static type.</summary>
    public abstract Fields.FieldCodec CreateField(string name, nint offset);
}
