using RayOrleans.Processes.TestSilo;
using RayOrleans.Processes.TestSilo.Work;

return args switch
{
    ["node", .. var rest] => await WorkNodeProcess.RunAsync(rest).ConfigureAwait(false),
    ["drive", .. var rest] => await WorkDriverProcess.RunAsync(rest).ConfigureAwait(false),
    _ => await TestSiloProcess.RunAsync(args).ConfigureAwait(false),
};
