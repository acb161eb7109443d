using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Codecs;

/// <summary>A codec whose objects exist before their content is read, so that cycles close and deep chains need no stack.</summary>
internal abstract class ShellCodec(Type type) : BodyCodec(type)
{
    /// <summary>Writes what the reader needs to make the empty object.</summary>
    public virtual void WriteShell(WriteContext w, object value)
    {
    }

    public abstract void WriteContent(WriteContext w, object value);

    public abstract object ReadShell(ReadContext r);

    public abstract void ReadContent(ReadContext r, object value);

    public sealed override void Write(WriteContext w, object value)
    {
        WriteShell(w, value);
        WriteContent(w, value);
    }

    public sealed override object Read(ReadContext r, int id)
    {
        object value = ReadShell(r);
        r.Register(id, value);
        ReadContent(r, value);
        return value;
    }
}
