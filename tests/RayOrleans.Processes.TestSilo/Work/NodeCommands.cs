using System.Globalization;
using RayOrleans.Core;
using RayOrleans.Runtime;
using RayOrleans.Runtime.Cluster;
using TaskState = RayOrleans.TaskState;

namespace RayOrleans.Processes.TestSilo.Work;

/// <summary>What a test can ask a real node; each answers with one line.</summary>
internal sealed class NodeCommands(NodeServices node, IClusterPartyFactory? parties)
{
    public string Run(string[] words) => words switch
    {
        ["status"] => Status(),
        ["left"] => Left(),
        ["entries"] => Entries(),
        ["members"] => string.Join(' ', node.Cluster!.Members.Select(m => m.NodeId)),
        ["describe", var id] => Describe(id),
        ["actors"] => node.Gate.Do(static engine => engine.Cluster!.DescribeActors()),
        ["jobs"] => string.Join(' ', node.State.Jobs().Select(j => $"{j.DriverNodeId}:{j.Status}")),
        ["going"] => string.Join(' ', node.State.Tasks(t => t.State is TaskState.Running or TaskState.WaitingForArguments or TaskState.WaitingForResources).Select(t => t.Name)),
        ["ended"] => node.State.Tasks(t => t.State is TaskState.Succeeded).Total.ToString(CultureInfo.InvariantCulture),
        ["dead"] => string.Join(' ', node.State.Nodes(n => !n.IsAlive).Select(n => n.NodeId)),
        ["resends"] => node.Cluster!.Resends.ToString(CultureInfo.InvariantCulture),
        _ => throw new ArgumentException($"No command: {string.Join(' ', words)}"),
    };

    /// <summary>Everything that this node knows of the object with that name.</summary>
    public string Describe(string id) => node.Gate.Do(engine =>
    {
        ObjectEntry? entry = engine.Entries().FirstOrDefault(e => e.Id.ToString() == id);
        return entry is null ? "unknown here" : $"{DescribeLocal(entry)}; {engine.Cluster!.Describe(entry.Id)}";
    });

    /// <summary>What is left of the work, after everything that nobody refers to was collected; "nothing" is what a test waits for.</summary>
    private string Left()
    {
        Dictionary<string, double> held = new(NodeHoldings.Of(node, collectGarbage: true));
        NodeHoldings.Add(held, "table rows", parties?.TableRows ?? 0);
        return held.Count == 0 ? "nothing" : string.Join(", ", held.Select(h => string.Create(CultureInfo.InvariantCulture, $"{h.Key} {h.Value}")));
    }

    private string Status() => node.Gate.Do(engine => string.Create(
        CultureInfo.InvariantCulture,
        $"running {engine.RunningAttempts}, ready {engine.ReadyTasks}, live {engine.LiveObjects}, foreign {engine.Cluster!.ForeignTasks}, forwarded {engine.Cluster.ForwardedTasks}, resends {node.Cluster!.Resends}, rows {parties?.TableRows ?? 0}"));

    private string Entries() => node.Gate.Do(engine => string.Join(
        " | ",
        engine.Entries().Take(12).Select(e => $"{e.Id}: {DescribeLocal(e)}; {engine.Cluster!.Describe(e.Id)}")));

    private static string DescribeLocal(ObjectEntry entry)
    {
        string task = entry.Producer is { } producer
            ? $", task {producer.Name} {producer.State} attempt {producer.AttemptNumber} on {producer.RunsOn}"
            : "";
        return $"{entry.Status} version {entry.Version}, holds {entry.Holds}, uses {entry.Uses}{task}";
    }
}
