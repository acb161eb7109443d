using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Codecs;

/// <summary>Writes and reads the content of objects of one run-time type. Immutable once made, thread-safe.</summary>
internal abstract class BodyCodec(Type type)
{
    /// <summary>The type as it is named in the bytes; a base class where the objects' own class is an implementation detail of the framework.</summary>
    public Type Type { get; } = type;

    /// <summary>The type's name and layout in the bytes; set by the table of types before the codec is used.</summary>
    public byte[] WireName { get; set; } = [];

    /// <summary>Whether objects have an identity that is kept.</summary>
    public virtual bool Tracked => true;

    /// <summary>A hash of the layout that writer and reader must share.</summary>
    public virtual uint Layout => 0;

    public abstract void Write(WriteContext w, object value);

    /// <summary>Reads an object. One that can be part of a cycle registers itself under <paramref name="id"/> before it reads its content.</summary>
    public abstract object Read(ReadContext r, int id);
}
