using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>Says at the call what this node cannot do, instead of doing something else.</summary>
internal static class OptionSupport
{
    public static void Check(NodeServices node, RemoteOptions options)
    {
        if (options.Isolation is Isolation.JobProcess or Isolation.Process)
        {
            throw new NotSupportedException(
                $"isolation: {options.Isolation} needs worker processes, which an embedded node does not start; leave it at Default, which is InSilo here.");
        }

        if (options.RuntimeEnv is not null)
        {
            throw new RuntimeEnvException(
                "runtimeEnv needs worker processes: an embedded node runs tasks inside your own process, whose environment it will not change.");
        }

        if (options.SchedulingStrategy is NodeAffinityStrategy { Soft: false } affinity && affinity.NodeId != node.NodeId)
        {
            throw new TaskUnschedulableException($"Node {affinity.NodeId} is not in the cluster; this one is {node.NodeId}. Use soft: true to fall back to another node.");
        }

        if (options.LabelSelector is { } labels && options.FailIfUnschedulable
            && labels.FirstOrDefault(l => !LabelMatcher.Matches(node.Options.Labels, l.Key, l.Value)) is { Key: not null } missing)
        {
            throw new TaskUnschedulableException($"No node has a label that satisfies {missing.Key}: {missing.Value}.");
        }
    }
}
