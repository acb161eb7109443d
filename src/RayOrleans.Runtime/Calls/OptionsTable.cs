using System.Runtime.CompilerServices;
using RayOrleans.Core;
using RayOrleans.Runtime.Processes;

namespace RayOrleans.Runtime;

/// <summary>The engine's form of options, made once per options object; where in a placement group a task runs is decided per call.</summary>
internal sealed class OptionsTable
{
    private readonly ConditionalWeakTable<RemoteOptions, TaskOptions> _tasks = [];
    private readonly ConditionalWeakTable<RemoteOptions, TaskOptions> _actors = [];

    private static readonly TaskOptions DefaultCreation = new() { MaxRetries = 0 };

    /// <summary>The options of a task.</summary>
    /// <exception cref="ArgumentException">There is no such placement group or bundle, or the request fits none.</exception>
    /// <exception cref="PlacementGroupRemovedException">The placement group was removed.</exception>
    public TaskOptions ForTask(NodeServices node, RemoteOptions? options) =>
        options is null ? TaskOptions.Default : Place(node, options, _tasks.GetValue(options, o => new RetryTaskOptions
        {
            Retry = o.RetryExceptions,
            LabelSelector = o.LabelSelector,
            Strategy = o.SchedulingStrategy,
            Shape = ShapeOf(o, defaultCpus: 1),
            Reservation = Nowhere(node, o),
            MaxRetries = o.MaxRetries,
            FailIfUnschedulable = o.FailIfUnschedulable || o.SchedulingStrategy is NodeAffinityStrategy { Soft: false },
            Affinity = AffinityOf(o),
            IsSoftAffinity = o.SchedulingStrategy is NodeAffinityStrategy { Soft: true },
            Spread = o.SchedulingStrategy is SpreadStrategy,
            Labels = LabelsOf(o),
            Process = Charges.ProcessFor(ProcessOf(o), o.MaxRetries),
            Environment = o.RuntimeEnv?.EnvironmentVariables,
        }));

    /// <summary>The options of an actor's construction.</summary>
    /// <inheritdoc cref="ForTask"/>
    public TaskOptions ForCreation(NodeServices node, RemoteOptions? options) =>
        options is null ? DefaultCreation : Place(node, options, _actors.GetValue(options, o => new RetryTaskOptions
        {
            LabelSelector = o.LabelSelector,
            Strategy = o.SchedulingStrategy,
            Shape = ShapeOf(o, defaultCpus: 1),
            Reservation = Nowhere(node, o),
            MaxRetries = 0,
            FailIfUnschedulable = o.FailIfUnschedulable || o.SchedulingStrategy is NodeAffinityStrategy { Soft: false },
            Affinity = AffinityOf(o),
            IsSoftAffinity = o.SchedulingStrategy is NodeAffinityStrategy { Soft: true },
            Spread = o.SchedulingStrategy is SpreadStrategy,
            Labels = LabelsOf(o),
            Process = Charges.ProcessFor(ProcessOf(o), o.MaxRestarts),
            Environment = o.RuntimeEnv?.EnvironmentVariables,
        }));

    private static NodeId AffinityOf(RemoteOptions options) => options.SchedulingStrategy is NodeAffinityStrategy affinity ? affinity.NodeId : NodeId.None;

    private static Core.ProcessKind ProcessOf(RemoteOptions options) => options.Isolation switch
    {
        Isolation.JobProcess => Core.ProcessKind.Job,
        Isolation.Process => Core.ProcessKind.Own,
        Isolation.Default when options.RuntimeEnv is not null => Core.ProcessKind.Job,
        _ => Core.ProcessKind.Node,
    };

    /// <summary>What runs in a worker process goes where one can be started.</summary>
    private static IReadOnlyDictionary<string, string>? LabelsOf(RemoteOptions options) => ProcessOf(options) == Core.ProcessKind.Node
        ? options.LabelSelector
        : new Dictionary<string, string>(options.LabelSelector ?? new Dictionary<string, string>(), StringComparer.Ordinal) { [WorkerProcesses.Label] = WorkerProcesses.LabelValue };

    private static TaskOptions Place(NodeServices node, RemoteOptions options, TaskOptions made) =>
        options.SchedulingStrategy is PlacementGroupStrategy && made.Reservation is null
            ? made with { Reservation = node.PlacementGroups.LedgerOf(options.SchedulingStrategy, made.Shape) }
            : made;

    /// <summary>A ledger that never opens, where the options ask for a place that this node is not; else null.</summary>
    private static ResourceLedger? Nowhere(NodeServices node, RemoteOptions options)
    {
        if (node.Cluster is not null)
        {
            // Another node may be what is asked for.
            return null;
        }

        string? why = null;
        if (options.SchedulingStrategy is NodeAffinityStrategy { Soft: false } affinity && affinity.NodeId != node.NodeId)
        {
            why = $"node {affinity.NodeId} is not in the cluster (this one is {node.NodeId}; soft: true falls back to another node)";
        }
        else if (options.LabelSelector is { } labels
            && labels.FirstOrDefault(l => !LabelMatcher.Matches(node.Labels, l.Key, l.Value)) is { Key: not null } missing)
        {
            why = $"no node has a label that satisfies {missing.Key}: {missing.Value}";
        }

        return why is null ? null : new ResourceLedger(ResourceShape.Zero, why) { IsNowhere = true };
    }

    private static ResourceShape ShapeOf(RemoteOptions options, double defaultCpus)
    {
        double cpus = options.NumCpus ?? defaultCpus;
        if (cpus == 1 && options.NumGpus is null && options.Memory is null && options.Resources is null)
        {
            return ResourceShape.OneCpu;
        }

        return new ResourceShape(
            ResourceAmount.From(cpus, "numCpus"),
            ResourceAmount.From(options.NumGpus ?? 0, "numGpus"),
            options.Memory ?? 0,
            options.Resources?.ToDictionary(r => r.Key, r => ResourceAmount.From(r.Value, r.Key), StringComparer.Ordinal));
    }
}
