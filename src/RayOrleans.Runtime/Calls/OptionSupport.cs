namespace RayOrleans.Runtime;

/// <summary>Says at the call what this node cannot do, instead of doing something else.</summary>
internal static class OptionSupport
{
    public static void Check(NodeServices node, RemoteOptions options)
    {
        if (options.RuntimeEnv is { } environment)
        {
            Check(environment, options.Isolation);
        }

        bool isElsewhere = options.Isolation is Isolation.JobProcess or Isolation.Process || options.RuntimeEnv is not null;
        if (isElsewhere && node is { Cluster: null, IsProcess: false, Processes: null })
        {
            string what = options.RuntimeEnv is null ? $"isolation: {options.Isolation}" : "runtimeEnv";
            string why = $"{what} needs worker processes, which this program's node cannot start: its Main must begin with RayWorker.TryRun. Or leave it out: tasks then run InSilo.";
            throw options.RuntimeEnv is null ? new NotSupportedException(why) : new RuntimeEnvException(why);
        }
    }

    private static void Check(RuntimeEnv environment, Isolation isolation)
    {
        if (isolation == Isolation.InSilo)
        {
            throw new RuntimeEnvException("runtimeEnv needs a worker process: isolation: InSilo runs tasks inside the node's own process, whose environment is not changed. Choose JobProcess or Process, or leave the isolation at Default.");
        }

        if (environment.Files is not null || environment.WorkingDirectory is not null)
        {
            throw new RuntimeEnvException("runtimeEnv.Files and runtimeEnv.WorkingDirectory are not there yet; environment variables are. Put the content of files with Ray.Put and pass the references.");
        }
    }
}
