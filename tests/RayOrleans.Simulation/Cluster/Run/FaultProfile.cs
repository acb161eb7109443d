namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>What goes wrong in a run.</summary>
public enum FaultProfile : byte
{
    /// <summary>Nothing; code still fails, and is cancelled and freed.</summary>
    None,

    /// <summary>Messages are lost, doubled, late; links are slow or cut for a while.</summary>
    Network,

    /// <summary>Nodes and workers crash.</summary>
    Crashes,

    /// <summary>Nodes stand still or are cut off, may be declared dead, and come back.</summary>
    Freezes,

    /// <summary>Shards of the tables move, with their state or without; schedulers disappear.</summary>
    Shards,

    /// <summary>All of it, evictions too.</summary>
    All,

    /// <summary>Nodes need room: copies of what is elsewhere too are taken away, whoever holds them.</summary>
    Evictions,
}
