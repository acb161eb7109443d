using System.Globalization;
using RayOrleans.Core;
using RayOrleans.Runtime;
using RayOrleans.Runtime.Cluster.Gcs;
using TaskState = RayOrleans.TaskState;

namespace RayOrleans.Processes.TestSilo.Work;

/// <summary>What a test can ask a real node; each answers with one line.</summary>
internal sealed class NodeCommands(NodeServices node, RecordingFactory? shards)
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
        GC.Collect();
        GC.WaitForPendingFinalizers();
        List<string> left = [];
        node.Gate.Do(engine =>
        {
            ClusterMachine cluster = engine.Cluster!;
            Add(left, "live objects", engine.LiveObjects);
            Add(left, "shared objects", cluster.SharedObjects);
            Add(left, "foreign tasks", cluster.ForeignTasks);
            Add(left, "forwarded tasks", cluster.ForwardedTasks);
            Add(left, "transits", cluster.Transits);
            Add(left, "running", engine.RunningAttempts);
            Add(left, "ready", engine.ReadyTasks);
            Add(left, "actors", engine.Actors.Count);
            IReadOnlyDictionary<string, double> free = engine.Resources.Free();
            foreach ((string name, double total) in engine.Resources.Total.ToDictionary())
            {
                Add(left, $"{name} taken", total - free.GetValueOrDefault(name));
            }
        });
        Add(left, "store bytes", node.Store.UsedBytes);
        Add(left, "table rows", shards?.TaskCount ?? 0);
        return left.Count == 0 ? "nothing" : string.Join(", ", left);
    }

    private string Status() => node.Gate.Do(engine => string.Create(
        CultureInfo.InvariantCulture,
        $"running {engine.RunningAttempts}, ready {engine.ReadyTasks}, live {engine.LiveObjects}, foreign {engine.Cluster!.ForeignTasks}, forwarded {engine.Cluster.ForwardedTasks}, resends {node.Cluster!.Resends}, rows {shards?.TaskCount ?? 0}"));

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

    private static void Add(List<string> left, string what, double amount)
    {
        if (amount != 0)
        {
            left.Add(string.Create(CultureInfo.InvariantCulture, $"{what} {amount}"));
        }
    }
}
