using System.Diagnostics.Metrics;
using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>The node's instruments on the meter "RayOrleans"; read on demand, nothing is counted twice for them.</summary>
internal sealed class NodeMetrics : IDisposable
{
    private readonly Meter _meter;

    public NodeMetrics(NodeServices node)
    {
        _meter = new Meter("RayOrleans", "0.1", [new("node", node.NodeId.ToString())]);
        _meter.CreateObservableCounter("rayorleans.tasks.started", () => node.Pool.StartedCount, "{attempt}", "Attempts of tasks and actor calls that started.");
        _meter.CreateObservableCounter("rayorleans.tasks.succeeded", () => node.Events.Succeeded, "{attempt}", "Attempts whose result was accepted.");
        _meter.CreateObservableCounter("rayorleans.tasks.failed", () => node.Events.Failed, "{task}", "Tasks that failed for good.");
        _meter.CreateObservableCounter("rayorleans.tasks.cancelled", () => node.Events.Cancelled, "{task}", "Tasks that were cancelled.");
        _meter.CreateObservableCounter("rayorleans.events.thinned", () => node.Events.Thinned, "{event}", "Successes that were counted but not recorded.");
        _meter.CreateObservableGauge("rayorleans.tasks.ready", () => node.Gate.Do(e => e.ReadyTasks), "{task}", "Tasks that wait for resources.");
        _meter.CreateObservableGauge("rayorleans.objects.live", () => node.Gate.Do(e => e.LiveObjects), "{object}", "Entries that are held or unfinished.");
        _meter.CreateObservableGauge("rayorleans.objects.bytes", () => node.Gate.Do(e => e.LiveBytes), "By", "Bytes of their values.");
        _meter.CreateObservableGauge("rayorleans.store.used", () => node.Store.UsedBytes, "By", "Bytes of the object store in use.");
        _meter.CreateObservableGauge("rayorleans.store.capacity", () => node.Store.CapacityBytes, "By", "Size of the object store.");
        _meter.CreateObservableGauge("rayorleans.store.primary", () => node.Store.GetTotals().PrimaryBytes, "By", "Bytes of objects whose first copy is here, in memory or on disk.");
        _meter.CreateObservableGauge("rayorleans.store.secondary", () => node.Store.GetTotals().SecondaryBytes, "By", "Bytes of copies that go when room is needed.");
        _meter.CreateObservableGauge("rayorleans.store.pinned", () => node.Store.PinnedBytes, "By", "Bytes that readers and writers keep in memory.");
        _meter.CreateObservableGauge("rayorleans.store.spilled", () => node.Store.GetTotals().Spill.LiveBytes, "By", "Bytes of objects that have a copy on disk.");
        _meter.CreateObservableGauge("rayorleans.store.spilled.only", () => node.Store.GetTotals().Spill.DiskOnlyBytes, "By", "Of these, bytes of objects that are not in memory.");
        _meter.CreateObservableGauge("rayorleans.store.spilled.files", () => node.Store.GetTotals().Spill.FileBytes, "By", "Bytes of the files they are in.");
        _meter.CreateObservableCounter("rayorleans.store.evictions", () => node.Store.GetTotals().Evictions, "{object}", "Copies taken from memory to make room.");
        _meter.CreateObservableCounter("rayorleans.store.spills", () => node.Store.GetTotals().Spill.Spills, "{object}", "Objects written to disk.");
        _meter.CreateObservableCounter("rayorleans.store.spills.bytes", () => node.Store.GetTotals().Spill.SpilledBytes, "By", "Bytes written to disk.");
        _meter.CreateObservableCounter("rayorleans.store.restores", () => node.Store.GetTotals().Spill.Restores, "{object}", "Objects read back.");
        _meter.CreateObservableCounter("rayorleans.store.restores.bytes", () => node.Store.GetTotals().Spill.RestoredBytes, "By", "Bytes read back.");
        if (node.Cluster is { Pressure: { } pressure })
        {
            _meter.CreateObservableGauge("rayorleans.gcs.backlog", () => pressure.Bytes, "By", "Bytes that the GCS was told and has not kept.");
            _meter.CreateObservableGauge("rayorleans.gcs.backlog.waiting", () => pressure.Waiting, "{submission}", "Submissions that wait because of that.");
        }

        if (node.Memory is { } memory)
        {
            _meter.CreateObservableGauge("rayorleans.memory.used", () => memory.UsedBytes, "By", "Memory in use, of the control group or the machine.");
            _meter.CreateObservableGauge("rayorleans.memory.limit", () => memory.LimitBytes, "By", "The limit of that.");
            _meter.CreateObservableCounter("rayorleans.workers.out_of_memory", () => memory.StoppedCount, "{process}", "Worker processes stopped because memory ran out.");
        }

        _meter.CreateObservableGauge("rayorleans.actors.alive", () => node.Gate.Do(e => e.Actors.Count(a => a.State == Core.ActorState.Alive)), "{actor}", "Actors that serve calls.");
        _meter.CreateObservableGauge("rayorleans.workers.threads", () => node.Pool.ThreadCount, "{thread}", "Threads that run user code.");
        _meter.CreateObservableGauge("rayorleans.workers.blocked", () => node.Pool.BlockedCount, "{thread}", "Of these, those that wait for objects.");
        _meter.CreateObservableGauge("rayorleans.cpu.free", () => node.Gate.Do(e => ResourceAmount.ToDouble(e.Resources.FreeCpu)), "{cpu}", "CPUs not granted; negative while woken attempts resume.");
    }

    public void Dispose() => _meter.Dispose();
}
