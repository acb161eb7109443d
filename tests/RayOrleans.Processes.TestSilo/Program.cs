using RayOrleans.Processes.TestSilo;

return await TestSiloProcess.RunAsync(args).ConfigureAwait(false);
