using System.CommandLine;
using RayOrleans;
using RayOrleans.Silo.CommandLine;

if (RayWorker.TryRun(args, out int exitCode))
{
    return exitCode;
}

// A node takes leave of its cluster before it ends: it is given longer for it than the two seconds that the command line gives by itself.
InvocationConfiguration configuration = new() { ProcessTerminationTimeout = TimeSpan.FromSeconds(60) };
return await SiloCommandLine.Create().Parse(args).InvokeAsync(configuration).ConfigureAwait(false);
