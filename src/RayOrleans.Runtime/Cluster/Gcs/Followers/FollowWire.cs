using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Gcs.Followers;

/// <summary>Requests to keepers of copies, and their answers, as bytes.</summary>
internal static class FollowWire
{
    public static byte[] Encode(in FollowRequest request)
    {
        WireWriter w = WireForm.Request(RequestKind.Follow);
        w.Byte((byte)request.Verb);
        w.Int(request.Shard);
        WriteMark(w, request.Mark);
        WriteMark(w, request.Before);
        w.Flag(request.IsLast);
        w.Int(request.Index);
        w.Int(request.Offset);
        WriteFrames(w, request.Records);
        return WireForm.Finish(w);
    }

    /// <exception cref="CorruptBatchException">The bytes are damaged, or of another version.</exception>
    public static FollowRequest DecodeRequest(ReadOnlyMemory<byte> bytes)
    {
        WireReader r = new(bytes);
        if (r.Byte() != (byte)RequestKind.Follow)
        {
            throw r.Corrupt("this is no request about a copy of a shard");
        }

        BatchCodec.CheckFormat(ref r);
        FollowVerb verb = r.Enum<FollowVerb>();
        int shard = r.Int();
        CopyMark mark = ReadMark(ref r);
        FollowRequest request = new(verb, shard, mark) { Before = ReadMark(ref r), IsLast = r.Flag(), Index = r.Int(), Offset = r.Int(), Records = ReadFrames(ref r) };
        r.Finish();
        return request;
    }

    public static byte[] Encode(in FollowAnswer answer)
    {
        WireWriter w = WireForm.Answer();
        w.Byte((byte)answer.Verdict);
        w.Int(answer.Newest);
        WriteMark(w, answer.Mark);
        w.Int(answer.Count);
        w.Flag(answer.EndsRecord);
        WriteFrames(w, answer.Pieces);
        return WireForm.Finish(w);
    }

    /// <exception cref="CorruptBatchException">The bytes are damaged, or of another version.</exception>
    public static FollowAnswer DecodeAnswer(ReadOnlyMemory<byte> bytes)
    {
        WireReader r = WireForm.ReadAnswer(bytes);
        FollowAnswer answer = new(r.Enum<FollowVerdict>(), r.Long(), ReadMark(ref r)) { Count = r.Int(), EndsRecord = r.Flag(), Pieces = ReadFrames(ref r) };
        r.Finish();
        return answer;
    }

    private static void WriteMark(WireWriter w, CopyMark mark)
    {
        w.Int(mark.Epoch);
        w.Int(mark.Generation);
        w.Int(mark.Number);
    }

    private static CopyMark ReadMark(ref WireReader r) => new(r.Long(), r.Int(), r.Long());

    private static void WriteFrames(WireWriter w, IReadOnlyList<ReadOnlyMemory<byte>> frames)
    {
        w.Count(frames.Count);
        foreach (ReadOnlyMemory<byte> frame in frames)
        {
            w.Bytes(frame.Span);
        }
    }

    private static List<ReadOnlyMemory<byte>> ReadFrames(ref WireReader r)
    {
        int count = r.Count(1);
        List<ReadOnlyMemory<byte>> frames = new(count);
        for (int i = 0; i < count; i++)
        {
            frames.Add(r.Frame());
        }

        return frames;
    }
}
