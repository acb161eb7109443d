using System.Runtime.CompilerServices;
using RayOrleans.Core;
using RayOrleans.Runtime.Processes;

namespace RayOrleans.Runtime;

/// <summary>The engine's form of options, made once per options object; where in a placement group a task runs is decided per call.</summary>
internal sealed class OptionsTable
{
    // By the process that they inherit, where they do not say one.
    private readonly ConditionalWeakTable<RemoteOptions, TaskOptions>[] _tasks = [[], [], []];
    private readonly ConditionalWeakTable<RemoteOptions, TaskOptions>[] _actors = [[], [], []];

    private static readonly TaskOptions[] DefaultTasks =
        [TaskOptions.Default, DefaultOf(Core.ProcessKind.Job, TaskOptions.Default.MaxRetries), DefaultOf(Core.ProcessKind.Own, TaskOptions.Default.MaxRetries)];

    private static readonly TaskOptions[] DefaultCreations =
        [new() { MaxRetries = 0 }, DefaultOf(Core.ProcessKind.Job, 0) with { MaxRetries = 0 }, DefaultOf(Core.ProcessKind.Own, 0) with { MaxRetries = 0 }];

    /// <summary>What a child of an attempt asks for that does not say otherwise.</summary>
    /// <param name="node">The node, or the process of one, where it is submitted.</param>
    /// <param name="parent">The attempt; null: a driver.</param>
    public static Core.ProcessKind InheritedFrom(NodeServices node, Attempt? parent) => parent?.Task switch
    {
        null => node.DriversProcess,
        { Kind: Core.TaskKind.ActorCall, Actor: { } actor } => actor.Creation.Options.AskedProcess,
        TaskRecord task => task.Options.AskedProcess,
    };

    /// <summary>The options of a task.</summary>
    /// <exception cref="ArgumentException">There is no such placement group or bundle, or the request fits none.</exception>
    /// <exception cref="PlacementGroupRemovedException">The placement group was removed.</exception>
    public TaskOptions ForTask(NodeServices node, RemoteOptions? options, Core.ProcessKind inherited = Core.ProcessKind.Node) => options is null
        ? DefaultTasks[(int)inherited]
        : Place(node, options, _tasks[(int)inherited].GetValue(options, o => Charges.In(
            Of(node, o, inherited, o.RetryExceptions, o.MaxRetries),
            ProcessOf(o, inherited),
            o.MaxRetries)));

    /// <summary>The options of an actor's construction.</summary>
    /// <inheritdoc cref="ForTask"/>
    public TaskOptions ForCreation(NodeServices node, RemoteOptions? options, Core.ProcessKind inherited = Core.ProcessKind.Node) => options is null
        ? DefaultCreations[(int)inherited]
        : Place(node, options, _actors[(int)inherited].GetValue(options, o => Charges.In(
            Of(node, o, inherited, retry: default, maxRetries: 0),
            ProcessOf(o, inherited),
            o.MaxRestarts)));

    private static RetryTaskOptions Of(NodeServices node, RemoteOptions options, Core.ProcessKind inherited, RetryExceptions retry, int maxRetries) => new()
    {
        Retry = retry,
        LabelSelector = options.LabelSelector,
        Strategy = options.SchedulingStrategy,
        Shape = ShapeOf(options, defaultCpus: 1),
        Reservation = Nowhere(node, options),
        MaxRetries = maxRetries,
        FailIfUnschedulable = options.FailIfUnschedulable || options.SchedulingStrategy is NodeAffinityStrategy { Soft: false },
        Affinity = AffinityOf(options),
        IsSoftAffinity = options.SchedulingStrategy is NodeAffinityStrategy { Soft: true },
        Spread = options.SchedulingStrategy is SpreadStrategy,
        Labels = LabelsOf(options, inherited),
        Environment = options.RuntimeEnv?.EnvironmentVariables,
    };

    private static TaskOptions DefaultOf(Core.ProcessKind process, int limit) => Charges.In(new TaskOptions { Labels = InWorkers(null) }, process, limit);

    private static NodeId AffinityOf(RemoteOptions options) => options.SchedulingStrategy is NodeAffinityStrategy affinity ? affinity.NodeId : NodeId.None;

    private static Core.ProcessKind ProcessOf(RemoteOptions options, Core.ProcessKind inherited) => options.Isolation switch
    {
        Isolation.JobProcess => Core.ProcessKind.Job,
        Isolation.Process => Core.ProcessKind.Own,
        Isolation.Default when options.RuntimeEnv is not null => Core.ProcessKind.Job,
        Isolation.Default => inherited,
        _ => Core.ProcessKind.Node,
    };

    private static IReadOnlyDictionary<string, string>? LabelsOf(RemoteOptions options, Core.ProcessKind inherited) =>
        ProcessOf(options, inherited) == Core.ProcessKind.Node ? options.LabelSelector : InWorkers(options.LabelSelector);

    /// <summary>What runs in a worker process goes where one can be started.</summary>
    private static Dictionary<string, string> InWorkers(IReadOnlyDictionary<string, string>? labels) =>
        new(labels ?? new Dictionary<string, string>(), StringComparer.Ordinal) { [WorkerProcesses.Label] = WorkerProcesses.LabelValue };

    private static TaskOptions Place(NodeServices node, RemoteOptions options, TaskOptions made) =>
        options.SchedulingStrategy is PlacementGroupStrategy && made.Reservation is null && !node.IsProcess
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
