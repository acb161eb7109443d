namespace RayOrleans.Core;

/// <summary>What an engine knows, for people.</summary>
internal static class EngineDescription
{
    /// <summary>What this node knows of an object, of what makes it and of what that waits for.</summary>
    public static string Of(NodeEngine engine, ObjectId id) =>
        $"{Of(engine, engine.Entries().FirstOrDefault(e => e.Id == id), id)}; {engine.RunningAttempts} attempts run, {engine.ReadyTasks} ready, {engine.Startable(1000)} could start, CPU free {engine.Resources.FreeCpu}";

    private static string Of(NodeEngine engine, ObjectEntry? entry, ObjectId id)
    {
        string here = entry is null ? "not live here" : $"{entry.Status} here (holds {entry.Holds}, uses {entry.Uses})";
        string task = entry?.Producer is { } producer
            ? $", task {producer.State} attempt {producer.AttemptNumber} missing {producer.MissingInputs} running {producer.Current is not null} needs local {producer.NeedsLocal} on {producer.RunsOn} of {producer.Origin}"
            : "";
        string shared = engine.Cluster is null ? "" : ", " + engine.Cluster.Describe(id);
        string waits = entry?.Producer is { State: TaskState.Waiting, Inputs: { } inputs } waiting
            ? string.Concat(inputs.Take(waiting.DependencyCount).Where(static i => i.Status != ObjectStatus.Available).Select(i => $" waits for {i.Id}: [{Of(engine, i, i.Id)}]"))
            : "";
        return $"{here}{task}{shared}{waits}";
    }
}
