using System.CommandLine;
using RayOrleans.Silo.CommandLine;

return await SiloCommandLine.Create().Parse(args).InvokeAsync().ConfigureAwait(false);
