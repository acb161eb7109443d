using RayOrleans.Core;
using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Output;

/// <summary>Lines between nodes, and from a node to a driver's process.</summary>
internal static class OutputWire
{
    private const int LeastLineBytes = 8 + 4;
    private const int LeastTextBytes = 2;

    /// <summary>What a node sends to a driver's node.</summary>
    public static byte[] Encode(NodeId node, IReadOnlyList<(JobId Job, OutputLine Line)> lines, IReadOnlyDictionary<JobId, long> dropped)
    {
        WireWriter w = WireForm.Request(RequestKind.Output);
        w.RawNode(node);
        w.Count(lines.Count);
        foreach ((JobId job, OutputLine line) in lines)
        {
            w.Job(job);
            w.Int(line.ProcessId);
            w.Text(line.Function);
            w.Flag(line.IsError);
            w.Text(line.Text);
        }

        w.Count(dropped.Count);
        foreach ((JobId job, long count) in dropped)
        {
            w.Job(job);
            w.Int(count);
        }

        return WireForm.Finish(w);
    }

    /// <exception cref="CorruptBatchException">The bytes are damaged.</exception>
    public static (List<(JobId Job, OutputLine Line)> Lines, Dictionary<JobId, long> Dropped) Read(ReadOnlyMemory<byte> request)
    {
        WireReader r = WireForm.ReadRequest(request);
        NodeId node = r.RawNode();
        List<(JobId, OutputLine)> lines = [];
        for (int left = r.Count(LeastLineBytes); left > 0; left--)
        {
            lines.Add((r.Job(), new OutputLine(node, r.Int(), r.Text(), r.Flag(), r.RequiredText())));
        }

        Dictionary<JobId, long> dropped = [];
        for (int left = r.Count(LeastLineBytes - 3); left > 0; left--)
        {
            dropped[r.Job()] = r.Long();
        }

        r.Finish();
        return (lines, dropped);
    }

    /// <summary>What a node sends to a driver's process.</summary>
    public static byte[] EncodeTexts(IReadOnlyList<OutputText> lines)
    {
        WireWriter w = WireWriter.Borrow();
        w.Count(lines.Count);
        foreach (OutputText line in lines)
        {
            w.Flag(line.IsError);
            w.Text(line.Text);
        }

        return WireForm.Finish(w);
    }

    /// <exception cref="CorruptBatchException">The bytes are damaged.</exception>
    public static List<OutputText> ReadTexts(ReadOnlyMemory<byte> frame)
    {
        WireReader r = new(frame);
        List<OutputText> lines = [];
        for (int left = r.Count(LeastTextBytes); left > 0; left--)
        {
            lines.Add(new OutputText(r.Flag(), r.RequiredText()));
        }

        r.Finish();
        return lines;
    }
}
