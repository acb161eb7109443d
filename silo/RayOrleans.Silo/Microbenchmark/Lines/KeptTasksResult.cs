namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>What was seen while many tasks' references were held.</summary>
/// <param name="Seconds">From the first submit until every result was got.</param>
/// <param name="BytesPerTask">Managed memory after a full collection and object store, above the state before, per task.</param>
/// <param name="ReturnedPercent">How much of that was free again once the references were dropped.</param>
internal readonly record struct KeptTasksResult(double Seconds, double BytesPerTask, double ReturnedPercent);
