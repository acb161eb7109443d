using System.Runtime.CompilerServices;
using RayOrleans.Core;
using RayOrleans.Runtime.Processes;

namespace RayOrleans.Runtime;

/// <summary>The engine's form of options, made once per options object; where in a placement group a task runs is decided per call.</summary>
internal sealed class OptionsTable
{
    private readonly Inheritance[] _plain =
        [new(Core.ProcessKind.Node, null), new(Core.ProcessKind.Job, null), new(Core.ProcessKind.Own, null)];

    // By environment, and in it by process.
    private readonly ConditionalWeakTable<ProcessEnvironment, Inheritance[]> _inEnvironments = [];

    /// <summary>What a child of an attempt has that does not say otherwise.</summary>
    /// <param name="node">The node, or the process of one, where it is submitted.</param>
    /// <param name="parent">The attempt; null: a driver.</param>
    /// <exception cref="RuntimeEnvException">The files of the job's environment cannot be had.</exception>
    public Inheritance InheritedFrom(NodeServices node, Attempt? parent) => parent?.Task switch
    {
        null => InheritanceOf(node.DriversProcess, node.Environments.OfJob),
        { Kind: Core.TaskKind.ActorCall, Actor: { } actor } => InheritanceOf(actor.Creation.Options.AskedProcess, actor.Creation.Options.Environment),
        TaskRecord task => InheritanceOf(task.Options.AskedProcess, task.Options.Environment),
    };

    /// <summary>The options of a task.</summary>
    /// <exception cref="ArgumentException">There is no such placement group or bundle, or the request fits none.</exception>
    /// <exception cref="PlacementGroupRemovedException">The placement group was removed.</exception>
    /// <exception cref="RuntimeEnvException">The files of its environment cannot be had.</exception>
    public TaskOptions ForTask(NodeServices node, RemoteOptions? options, Inheritance? inherited = null)
    {
        inherited ??= _plain[0];
        return options is null
            ? inherited.Task ??= DefaultOf(TaskOptions.Default, inherited)
            : Place(node, options, inherited.Tasks.GetValue(options, o => Charges.In(
                Of(node, o, inherited, o.RetryExceptions, o.MaxRetries),
                ProcessOf(o, inherited),
                o.MaxRetries)));
    }

    /// <summary>The options of an actor's construction.</summary>
    /// <inheritdoc cref="ForTask"/>
    public TaskOptions ForCreation(NodeServices node, RemoteOptions? options, Inheritance? inherited = null)
    {
        inherited ??= _plain[0];
        return options is null
            ? inherited.Creation ??= DefaultOf(new TaskOptions { MaxRetries = 0 }, inherited)
            : Place(node, options, inherited.Creations.GetValue(options, o => Charges.In(
                Of(node, o, inherited, retry: default, maxRetries: 0),
                ProcessOf(o, inherited),
                o.MaxRestarts)));
    }

    private Inheritance InheritanceOf(Core.ProcessKind process, ProcessEnvironment? environment) => environment is null
        ? _plain[(int)process]
        : _inEnvironments.GetValue(environment, static e => [new(Core.ProcessKind.Node, e), new(Core.ProcessKind.Job, e), new(Core.ProcessKind.Own, e)])[(int)process];

    private static RetryTaskOptions Of(NodeServices node, RemoteOptions options, Inheritance inherited, RetryExceptions retry, int maxRetries) => new()
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
        Environment = EnvironmentOf(node, options, inherited),
    };

    /// <summary>As of a call without options; an actor's construction may be repeated as often as the actor may be restarted, which is never, as it may be retried.</summary>
    private static TaskOptions DefaultOf(TaskOptions plain, Inheritance inherited) => inherited.Process == Core.ProcessKind.Node
        ? plain
        : Charges.In(plain with { Labels = InWorkers(null), Environment = inherited.Environment }, inherited.Process, plain.MaxRetries);

    private static ProcessEnvironment? EnvironmentOf(NodeServices node, RemoteOptions options, Inheritance inherited) => options switch
    {
        { Isolation: Isolation.InSilo } => null,
        { RuntimeEnv: { } own } => ProcessEnvironment.Join(inherited.Environment, node.Environments.Of(own)),
        _ => inherited.Environment,
    };

    private static NodeId AffinityOf(RemoteOptions options) => options.SchedulingStrategy is NodeAffinityStrategy affinity ? affinity.NodeId : NodeId.None;

    private static Core.ProcessKind ProcessOf(RemoteOptions options, Inheritance inherited) => options.Isolation switch
    {
        Isolation.JobProcess => Core.ProcessKind.Job,
        Isolation.Process => Core.ProcessKind.Own,
        Isolation.Default when options.RuntimeEnv is not null && inherited.Process == Core.ProcessKind.Node => Core.ProcessKind.Job,
        Isolation.Default => inherited.Process,
        _ => Core.ProcessKind.Node,
    };

    private static IReadOnlyDictionary<string, string>? LabelsOf(RemoteOptions options, Inheritance inherited) =>
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
