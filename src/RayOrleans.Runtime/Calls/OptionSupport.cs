namespace RayOrleans.Runtime;

/// <summary>Says at the call what this node cannot do, instead of doing something else.</summary>
internal static class OptionSupport
{
    public static void Check(NodeServices node, RemoteOptions options)
    {
        if (options is { RuntimeEnv: not null, Isolation: Isolation.InSilo })
        {
            throw new RuntimeEnvException(
                "runtimeEnv needs a worker process: isolation: InSilo runs tasks inside the node's own process, whose environment variables and working directory are not changed. " +
                "Choose JobProcess or Process, or leave the isolation at Default.");
        }

        bool isElsewhere = options.Isolation is Isolation.JobProcess or Isolation.Process || options.RuntimeEnv is not null;
        if (isElsewhere && node is { Cluster: null, IsProcess: false, Processes: null })
        {
            string what = options.RuntimeEnv is null ? $"isolation: {options.Isolation}" : "runtimeEnv";
            string why = $"{what} needs worker processes, which this program's node cannot start: its Main must begin with RayWorker.TryRun. Or leave it out: tasks then run InSilo.";
            throw options.RuntimeEnv is null ? new NotSupportedException(why) : new RuntimeEnvException(why);
        }
    }

    /// <summary>Whether a node can have what its job asks for.</summary>
    /// <exception cref="RuntimeEnvException">It cannot start the worker processes of an environment, and has nobody who could.</exception>
    public static void Check(RayOptions options, NodeStart? start)
    {
        if (options.RuntimeEnv is not null && start is not { Transport: not null } && (start?.Worker ?? Processes.WorkerCommand.OfProcess) is null)
        {
            throw new RuntimeEnvException(
                $"{nameof(RayOptions.RuntimeEnv)} needs worker processes, which this program's node cannot start: its Main must begin with RayWorker.TryRun.");
        }
    }
}
