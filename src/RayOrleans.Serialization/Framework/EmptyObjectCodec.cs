using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Framework;

/// <summary>Objects without content that only have an identity: locks, sentinels.</summary>
internal sealed class EmptyObjectCodec<T>() : ShellCodec(typeof(T))
    where T : class, new()
{
    public override void WriteContent(WriteContext w, object value)
    {
    }

    public override object ReadShell(ReadContext r) => new T();

    public override void ReadContent(ReadContext r, object value)
    {
    }
}
