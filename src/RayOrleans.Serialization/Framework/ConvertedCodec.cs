using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Framework;

/// <summary>Objects that are sent as another value and made from it again.</summary>
internal sealed class ConvertedCodec<TObject, TForm>(
    ValueSerializer serializer, Type type, Func<TObject, TForm> convert, Func<TForm, TObject> restore) : BodyCodec(type)
    where TObject : class
{
    private readonly Codec<TForm> _forms = serializer.CodecOf<TForm>();

    public override void Write(WriteContext w, object value)
    {
        w.WholeDepth++;
        _forms.Write(w, convert((TObject)value));
        w.WholeDepth--;
    }

    public override object Read(ReadContext r, int id) => restore(_forms.Read(r));
}
