namespace RayOrleans.Runtime;

/// <summary>Says at the call what this node cannot do, instead of doing something else.</summary>
internal static class OptionSupport
{
    public static void Check(NodeServices node, RemoteOptions options)
    {
        if (options.Isolation is Isolation.JobProcess or Isolation.Process && node is { Cluster: null, IsProcess: false, Processes: null })
        {
            throw new NotSupportedException(
                $"isolation: {options.Isolation} needs worker processes, which this program's node cannot start: its Main must begin with RayWorker.TryRun. Or leave it at Default, which is InSilo here.");
        }

        if (options.RuntimeEnv is not null)
        {
            throw new RuntimeEnvException(
                "runtimeEnv needs worker processes: an embedded node runs tasks inside your own process, whose environment it will not change.");
        }
    }
}
