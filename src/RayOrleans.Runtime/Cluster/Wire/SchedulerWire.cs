using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>What nodes tell and ask global schedulers, as bytes.</summary>
internal static class SchedulerWire
{
    private const int MinLoadBytes = 32;
    private const int MinRequestBytes = 26;
    private const int MinAnswerBytes = 18;

    public static byte[] EncodeHeartbeat(IReadOnlyList<NodeLoad> loads)
    {
        WireWriter w = WireForm.Request(RequestKind.Heartbeat);
        WriteLoads(w, loads);
        return WireForm.Finish(w);
    }

    public static List<NodeLoad> DecodeHeartbeat(ReadOnlyMemory<byte> request)
    {
        WireReader r = WireForm.ReadRequest(request);
        List<NodeLoad> loads = ReadLoads(ref r);
        r.Finish();
        return loads;
    }

    public static byte[] EncodeNodes(NodeId after)
    {
        WireWriter w = WireForm.Request(RequestKind.Nodes);
        w.Node(after);
        return WireForm.Finish(w);
    }

    public static NodeId DecodeNodes(ReadOnlyMemory<byte> request)
    {
        WireReader r = WireForm.ReadRequest(request);
        NodeId after = r.Node();
        r.Finish();
        return after;
    }

    public static byte[] EncodeLoads(IReadOnlyCollection<NodeLoad> loads)
    {
        WireWriter w = WireForm.Answer();
        WriteLoads(w, loads);
        return WireForm.Finish(w);
    }

    public static List<NodeLoad> DecodeLoads(ReadOnlyMemory<byte> answer)
    {
        WireReader r = WireForm.ReadAnswer(answer);
        List<NodeLoad> loads = ReadLoads(ref r);
        r.Finish();
        return loads;
    }

    private static void WriteLoads(WireWriter w, IReadOnlyCollection<NodeLoad> loads)
    {
        w.Count(loads.Count);
        foreach (NodeLoad load in loads)
        {
            w.Node(load.Node);
            w.Int(load.Version);
            ShapeWire.Write(w, load.Total);
            ShapeWire.Write(w, load.Free);
            w.Int(load.Queued);
            w.Double(load.AverageTaskTicks);
            w.Double(load.BytesPerTick);
            ShapeWire.WriteLabels(w, load.Labels);
            w.Int(load.StoreBytes);
            w.Int(load.StoreUsedBytes);
            StoreInfoWire.Write(w, load.Store);
            w.Int(load.StartedAt);
        }
    }

    private static List<NodeLoad> ReadLoads(ref WireReader r)
    {
        int count = r.Count(MinLoadBytes);
        List<NodeLoad> loads = new(count);
        for (int i = 0; i < count; i++)
        {
            loads.Add(new NodeLoad(
                r.Node(), r.Long(), ShapeWire.Read(ref r), ShapeWire.Read(ref r), r.Int(), r.Double(), r.Double(),
                ShapeWire.ReadLabels(ref r) ?? throw r.Corrupt("labels are missing"))
            {
                StoreBytes = r.Long(),
                StoreUsedBytes = r.Long(),
                Store = StoreInfoWire.Read(ref r),
                StartedAt = r.Long(),
            });
        }

        return loads;
    }

    public static byte[] EncodePlace(IReadOnlyList<PlacementRequest> requests)
    {
        WireWriter w = WireForm.Request(RequestKind.Place);
        w.Count(requests.Count);
        foreach (PlacementRequest request in requests)
        {
            w.Task(request.Task);
            w.Node(request.From);
            ShapeWire.Write(w, request.Shape);
            w.Flag(request.Spread);
            ShapeWire.WriteLabels(w, request.Labels);
            ShapeWire.WriteObjects(w, request.Inputs);
            w.Node(request.Excluded);
            w.Int(request.LocalBytes);
            w.Int(request.InputBytes);
        }

        return WireForm.Finish(w);
    }

    public static List<PlacementRequest> DecodePlace(ReadOnlyMemory<byte> request)
    {
        WireReader r = WireForm.ReadRequest(request);
        int count = r.Count(MinRequestBytes);
        List<PlacementRequest> requests = new(count);
        for (int i = 0; i < count; i++)
        {
            requests.Add(new PlacementRequest(
                r.Task(), r.Node(), ShapeWire.Read(ref r), r.Flag(), ShapeWire.ReadLabels(ref r), ShapeWire.ReadObjects(ref r), r.Node())
            {
                LocalBytes = r.Size(isHere: false),
                InputBytes = r.Size(isHere: false),
            });
        }

        r.Finish();
        return requests;
    }

    public static byte[] EncodeAnswers(IReadOnlyList<PlacementAnswer> answers)
    {
        WireWriter w = WireForm.Answer();
        w.Count(answers.Count);
        foreach (PlacementAnswer answer in answers)
        {
            w.Task(answer.Task);
            w.Node(answer.Node);
            w.Text(answer.Why);
        }

        return WireForm.Finish(w);
    }

    public static List<PlacementAnswer> DecodeAnswers(ReadOnlyMemory<byte> bytes)
    {
        WireReader r = WireForm.ReadAnswer(bytes);
        int count = r.Count(MinAnswerBytes);
        List<PlacementAnswer> answers = new(count);
        for (int i = 0; i < count; i++)
        {
            answers.Add(new PlacementAnswer(r.Task(), r.Node(), r.Text()));
        }

        r.Finish();
        return answers;
    }
}
