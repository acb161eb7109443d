using RayOrleans.Runtime.Cluster.Wire;

namespace RayOrleans.Runtime.Cluster.Events;

/// <summary>What listings tell, as bytes: in events, and in the answers of nodes.</summary>
internal static class InfoWire
{
    public static void Write(WireWriter w, TaskInfo info)
    {
        w.Task(info.TaskId);
        w.Int(info.Attempt);
        w.Task(info.ParentTaskId);
        w.Job(info.JobId);
        w.Task(info.ActorId.Creation);
        w.RawNode(info.NodeId);
        w.Int(info.WorkerId.Value);
        w.Text(info.Name);
        w.Byte((byte)info.Kind);
        w.Byte((byte)info.State);
        w.Flag(info.IsAbandoned);
        WriteAmounts(w, info.RequiredResources);
        w.Count(info.StateTimes.Count);
        foreach ((TaskState state, DateTimeOffset time) in info.StateTimes.OrderBy(t => t.Key))
        {
            w.Byte((byte)state);
            w.Int(time.UtcTicks);
        }

        w.Text(info.ErrorType);
        w.Text(info.ErrorMessage);
    }

    public static TaskInfo ReadTask(ref WireReader r) => new()
    {
        TaskId = r.Task(),
        Attempt = r.Int(),
        ParentTaskId = r.Task(),
        JobId = r.Job(),
        ActorId = new ActorId(r.Task()),
        NodeId = r.RawNode(),
        WorkerId = new WorkerId(r.Int()),
        Name = r.RequiredText(),
        Kind = r.Enum<TaskKind>(),
        State = r.Enum<TaskState>(),
        IsAbandoned = r.Flag(),
        RequiredResources = ReadAmounts(ref r),
        StateTimes = ReadTimes(ref r),
        ErrorType = r.Text(),
        ErrorMessage = r.Text(),
    };

    public static void Write(WireWriter w, ActorInfo info)
    {
        w.Task(info.ActorId.Creation);
        w.Text(info.ClassName);
        w.Text(info.Name);
        w.Text(info.Namespace);
        w.Job(info.JobId);
        w.Byte((byte)info.State);
        w.Flag(info.IsDetached);
        w.RawNode(info.NodeId);
        w.Int(info.WorkerId.Value);
        w.Int(info.Restarts);
        w.Int(info.PendingCalls);
        WriteAmounts(w, info.Resources);
        w.Text(info.DeathReason);
    }

    public static ActorInfo ReadActor(ref WireReader r) => new()
    {
        ActorId = new ActorId(r.Task()),
        ClassName = r.RequiredText(),
        Name = r.Text(),
        Namespace = r.RequiredText(),
        JobId = r.Job(),
        State = r.Enum<ActorState>(),
        IsDetached = r.Flag(),
        NodeId = r.RawNode(),
        WorkerId = new WorkerId(r.Int()),
        Restarts = r.Int(),
        PendingCalls = r.Int(),
        Resources = ReadAmounts(ref r),
        DeathReason = r.Text(),
    };

    public static void Write(WireWriter w, ObjectInfo info)
    {
        w.Object(info.ObjectId);
        w.Task(info.TaskId);
        w.Job(info.JobId);
        w.Int(info.SizeBytes ?? -1);
        w.Flag(info.IsReady);
        w.Flag(info.IsSpilled);
        w.Count(info.Locations.Count);
        foreach (NodeId node in info.Locations)
        {
            w.RawNode(node);
        }

        w.Int(info.Holds);
        w.Int(info.Pins);
    }

    public static ObjectInfo ReadObject(ref WireReader r) => new()
    {
        ObjectId = r.Object(),
        TaskId = r.Task(),
        JobId = r.Job(),
        SizeBytes = r.Long() is var size && size >= 0 ? size : null,
        IsReady = r.Flag(),
        IsSpilled = r.Flag(),
        Locations = ReadNodes(ref r),
        Holds = r.Int(),
        Pins = r.Int(),
    };

    public static void Write(WireWriter w, PlacementGroupInfo info)
    {
        w.Task(info.PlacementGroupId.Creation);
        w.Text(info.Name);
        w.Job(info.JobId);
        w.Byte((byte)info.Strategy);
        w.Byte((byte)info.State);
        w.Count(info.Bundles.Count);
        foreach (Bundle bundle in info.Bundles)
        {
            w.Double(bundle.Cpu);
            w.Double(bundle.Gpu);
            w.Int(bundle.Memory);
            WriteAmounts(w, bundle.Resources);
            ShapeWire.WriteLabels(w, bundle.LabelSelector);
        }

        w.Count(info.BundleNodes.Count);
        foreach (NodeId node in info.BundleNodes)
        {
            w.RawNode(node);
        }
    }

    public static PlacementGroupInfo ReadGroup(ref WireReader r) => new()
    {
        PlacementGroupId = new PlacementGroupId(r.Task()),
        Name = r.Text(),
        JobId = r.Job(),
        Strategy = r.Enum<PlacementStrategy>(),
        State = r.Enum<PlacementGroupState>(),
        Bundles = ReadBundles(ref r),
        BundleNodes = ReadNodes(ref r),
    };

    public static void Write(WireWriter w, NodeInfo info)
    {
        w.RawNode(info.NodeId);
        w.Text(info.Address);
        WriteAmounts(w, info.Resources);
        ShapeWire.WriteLabels(w, info.Labels);
        w.Int(info.ObjectStoreBytes);
        w.Int(info.StartedAt.UtcTicks);
    }

    public static NodeInfo ReadNode(ref WireReader r) => new()
    {
        NodeId = r.RawNode(),
        Address = r.RequiredText(),
        Resources = ReadAmounts(ref r),
        Labels = ShapeWire.ReadLabels(ref r) ?? OptionMap<string>.Empty,
        ObjectStoreBytes = r.Long(),
        StartedAt = new DateTimeOffset(r.Long(), TimeSpan.Zero),
    };

    private static void WriteAmounts(WireWriter w, IReadOnlyDictionary<string, double> amounts)
    {
        w.Count(amounts.Count);
        foreach ((string name, double amount) in amounts)
        {
            w.Text(name);
            w.Double(amount);
        }
    }

    private static Dictionary<string, double> ReadAmounts(ref WireReader r)
    {
        Dictionary<string, double> amounts = new(StringComparer.Ordinal);
        for (int count = r.Count(9); count > 0; count--)
        {
            string name = r.RequiredText();
            amounts[name] = r.Double();
        }

        return amounts;
    }

    private static Dictionary<TaskState, DateTimeOffset> ReadTimes(ref WireReader r)
    {
        Dictionary<TaskState, DateTimeOffset> times = [];
        for (int count = r.Count(2); count > 0; count--)
        {
            TaskState state = r.Enum<TaskState>();
            times[state] = new DateTimeOffset(r.Long(), TimeSpan.Zero);
        }

        return times;
    }

    private static NodeId[] ReadNodes(ref WireReader r)
    {
        NodeId[] nodes = new NodeId[r.Count(16)];
        for (int i = 0; i < nodes.Length; i++)
        {
            nodes[i] = r.RawNode();
        }

        return nodes;
    }

    private static Bundle[] ReadBundles(ref WireReader r)
    {
        Bundle[] bundles = new Bundle[r.Count(20)];
        for (int i = 0; i < bundles.Length; i++)
        {
            (double cpu, double gpu, long memory) = (r.Double(), r.Double(), r.Long());
            Dictionary<string, double> resources = ReadAmounts(ref r);
            bundles[i] = new Bundle(cpu, gpu, memory, resources, ShapeWire.ReadLabels(ref r)?.ToDictionary(StringComparer.Ordinal));
        }

        return bundles;
    }
}
