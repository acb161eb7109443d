using System.Runtime.CompilerServices;
using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>The engine's form of options, made once per options object.</summary>
internal sealed class OptionsTable
{
    private readonly ConditionalWeakTable<RemoteOptions, TaskOptions> _tasks = [];
    private readonly ConditionalWeakTable<RemoteOptions, TaskOptions> _actors = [];

    private static readonly TaskOptions DefaultCreation = new() { MaxRetries = 0 };

    public TaskOptions ForTask(NodeServices node, RemoteOptions? options) =>
        options is null ? TaskOptions.Default : _tasks.GetValue(options, o => new RetryTaskOptions
        {
            Retry = o.RetryExceptions,
            Shape = ShapeOf(o, defaultCpus: 1),
            Reservation = node.PlacementGroups.LedgerOf(o.SchedulingStrategy, ShapeOf(o, defaultCpus: 1)),
            MaxRetries = o.MaxRetries,
            FailIfUnschedulable = o.FailIfUnschedulable,
        });

    public TaskOptions ForCreation(NodeServices node, RemoteOptions? options) =>
        options is null ? DefaultCreation : _actors.GetValue(options, o => new TaskOptions
        {
            Shape = ShapeOf(o, defaultCpus: 1),
            Reservation = node.PlacementGroups.LedgerOf(o.SchedulingStrategy, ShapeOf(o, defaultCpus: 1)),
            MaxRetries = 0,
            FailIfUnschedulable = o.FailIfUnschedulable,
        });

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
