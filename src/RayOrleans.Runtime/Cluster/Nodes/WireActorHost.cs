using RayOrleans.Core;
using RayOrleans.Runtime.Wire;

namespace RayOrleans.Runtime.Cluster.Nodes;

/// <summary>How an actor's calls run, as bytes: its class, whether it takes turns, its concurrency groups, the options of its calls.</summary>
internal static class WireActorHost
{
    public static void Write(Wire.WireWriter output, ActorHost host)
    {
        output.WriteByte((byte)(host.Turns is null ? 0 : 1));
        output.WriteBlock(host.TypeName);
        output.WriteCount(host.Groups?.Count ?? 0);
        foreach (KeyValuePair<string, int> group in (host.Groups ?? []).OrderBy(g => g.Value))
        {
            output.WriteText(group.Key);
        }

        TaskTermsWire.Write(output, new TaskTerms(host.CallOptions, null, null));
    }

    public static ActorHost Read(NodeServices node, ReadOnlySpan<byte> bytes)
    {
        RayOrleans.Runtime.Wire.WireReader reader = new(bytes);
        bool isAsync = reader.ReadByte() != 0;
        byte[] typeName = reader.ReadBlock().ToArray();
        int count = reader.ReadCount();
        Dictionary<string, int>? groups = count == 0 ? null : new(StringComparer.Ordinal);
        for (int i = 0; i < count; i++)
        {
            groups!.Add(reader.ReadRequiredText(), i + 1);
        }

        TaskOptions calls = TaskTermsWire.Read(ref reader, null).Options;
        return new ActorHost(node, isAsync)
        {
            TypeName = typeName,
            Groups = groups,
            CallOptions = calls,
        };
    }
}
