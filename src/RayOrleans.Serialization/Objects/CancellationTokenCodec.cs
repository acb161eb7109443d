using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Objects;

/// <summary>Tokens that never or already are cancelled; a live one stays with its source.</summary>
internal sealed class CancellationTokenCodec : Codec<CancellationToken>
{
    public override bool CompleteWhenRead => true;

    public override void Write(WriteContext w, in CancellationToken value)
    {
        if (value.CanBeCanceled && !value.IsCancellationRequested)
        {
            throw new UnsupportedValueException(
                typeof(CancellationToken),
                "a live token cannot leave its process; take a CancellationToken as the function's last parameter, or use Ray.Context.CancellationToken inside.");
        }

        w.WriteByte(value.IsCancellationRequested ? (byte)1 : (byte)0);
    }

    public override CancellationToken Read(ReadContext r) => new(r.ReadBool());
}
