using RayOrleans.Serialization.Codecs;
using RayOrleans.Serialization.Wire;

namespace RayOrleans.Serialization.Memory;

/// <summary>Tensors, read in place.</summary>
internal sealed class SharedTensorCodec<T>() : BodyCodec(typeof(SharedTensor<T>))
    where T : unmanaged
{
    private const int MaxRank = 1024;

    public override void Write(WriteContext w, object value)
    {
        var tensor = (SharedTensor<T>)value;
        w.WriteCount(tensor.Rank);
        foreach (nint length in tensor.Shape)
        {
            w.WriteVarint((ulong)length);
        }

        MemoryForm.Write(w, tensor.Memory);
    }

    public override object Read(ReadContext r, int id)
    {
        int rank = r.ReadElementCount();
        if (rank > MaxRank)
        {
            throw new CorruptValueException($"a tensor of rank {rank}");
        }

        var shape = new nint[rank];
        for (int i = 0; i < rank; i++)
        {
            shape[i] = checked((nint)r.ReadVarint());
        }

        return new SharedTensor<T>(MemoryForm.ReadInPlace<T>(r), shape);
    }
}
