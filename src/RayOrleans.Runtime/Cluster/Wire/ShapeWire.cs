using RayOrleans.Core;

namespace RayOrleans.Runtime.Cluster.Wire;

/// <summary>Resources, labels and lists of ids as bytes.</summary>
internal static class ShapeWire
{
    public static void Write(WireWriter w, ResourceShape shape)
    {
        w.UInt((ulong)shape.Cpu);
        w.UInt((ulong)shape.Gpu);
        w.UInt((ulong)shape.Memory);
        w.Count(shape.Custom.Length);
        foreach (KeyValuePair<string, long> item in shape.Custom)
        {
            w.Text(item.Key);
            w.UInt((ulong)item.Value);
        }
    }

    public static ResourceShape Read(ref WireReader r)
    {
        long cpu = ReadAmount(ref r);
        long gpu = ReadAmount(ref r);
        long memory = ReadAmount(ref r);
        int count = r.Count(2);
        if (gpu > ResourceAmount.One && gpu % ResourceAmount.One != 0)
        {
            throw r.Corrupt("a share of several GPUs");
        }

        if (count == 0)
        {
            return cpu == ResourceAmount.One && gpu == 0 && memory == 0 ? ResourceShape.OneCpu : new ResourceShape(cpu, gpu, memory);
        }

        Dictionary<string, long> custom = new(count, StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            string name = r.RequiredText();
            if (!custom.TryAdd(name, ReadAmount(ref r)))
            {
                throw r.Corrupt($"resource '{name}' comes twice");
            }
        }

        return new ResourceShape(cpu, gpu, memory, custom);
    }

    public static void WriteLabels(WireWriter w, IReadOnlyDictionary<string, string>? labels)
    {
        if (labels is null)
        {
            w.UInt(0);
            return;
        }

        w.UInt((ulong)labels.Count + 1);
        foreach (KeyValuePair<string, string> label in labels.OrderBy(l => l.Key, StringComparer.Ordinal))
        {
            w.Text(label.Key);
            w.Text(label.Value);
        }
    }

    public static IReadOnlyDictionary<string, string>? ReadLabels(ref WireReader r)
    {
        ulong count = r.UInt();
        if (count == 0)
        {
            return null;
        }

        if (count - 1 > (ulong)r.Left / 2)
        {
            throw r.Corrupt($"{count - 1} labels cannot follow");
        }

        Dictionary<string, string> labels = new((int)(count - 1), StringComparer.Ordinal);
        for (ulong i = 1; i < count; i++)
        {
            string key = r.RequiredText();
            if (!labels.TryAdd(key, r.RequiredText()))
            {
                throw r.Corrupt($"label '{key}' comes twice");
            }
        }

        return labels;
    }

    public static void WriteNodes(WireWriter w, IReadOnlyList<NodeId> nodes)
    {
        w.Count(nodes.Count);
        for (int i = 0; i < nodes.Count; i++)
        {
            w.Node(nodes[i]);
        }
    }

    public static IReadOnlyList<NodeId> ReadNodes(ref WireReader r)
    {
        int count = r.Count(1);
        NodeId[] nodes = count == 0 ? [] : new NodeId[count];
        for (int i = 0; i < count; i++)
        {
            nodes[i] = r.Node();
        }

        return nodes;
    }

    public static void WriteObjects(WireWriter w, IReadOnlyList<ObjectId> ids)
    {
        w.Count(ids.Count);
        for (int i = 0; i < ids.Count; i++)
        {
            w.Object(ids[i]);
        }
    }

    public static IReadOnlyList<ObjectId> ReadObjects(ref WireReader r)
    {
        int count = r.Count(17);
        ObjectId[] ids = count == 0 ? [] : new ObjectId[count];
        for (int i = 0; i < count; i++)
        {
            ids[i] = r.Object();
        }

        return ids;
    }

    private static long ReadAmount(ref WireReader r)
    {
        ulong value = r.UInt();
        return value <= long.MaxValue ? (long)value : throw r.Corrupt("an amount is too large");
    }
}
