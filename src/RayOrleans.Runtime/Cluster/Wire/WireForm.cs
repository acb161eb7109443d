namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>How requests and answers begin and end: a request with its kind and the version, an answer with the version.</summary>
internal static class WireForm
{
    public static WireWriter Request(RequestKind kind)
    {
        WireWriter w = WireWriter.Borrow();
        w.Byte((byte)kind);
        w.Byte(BatchCodec.Format);
        return w;
    }

    public static WireWriter Answer()
    {
        WireWriter w = WireWriter.Borrow();
        w.Byte(BatchCodec.Format);
        return w;
    }

    /// <summary>Reads a request behind its kind, which has been looked at.</summary>
    /// <exception cref="CorruptBatchException">It is of another version.</exception>
    public static WireReader ReadRequest(ReadOnlyMemory<byte> request)
    {
        WireReader r = new(request);
        r.Byte();
        BatchCodec.CheckFormat(ref r);
        return r;
    }

    /// <summary>Reads an answer.</summary>
    /// <exception cref="CorruptBatchException">It is of another version.</exception>
    public static WireReader ReadAnswer(ReadOnlyMemory<byte> answer)
    {
        WireReader r = new(answer);
        BatchCodec.CheckFormat(ref r);
        return r;
    }

    /// <summary>What was written; the writer goes back to where it was borrowed.</summary>
    public static byte[] Finish(WireWriter w)
    {
        byte[] bytes = w.ToArray();
        WireWriter.Return(w);
        return bytes;
    }
}
