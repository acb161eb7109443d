namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>What the checkers know of an object that some code made.</summary>
internal sealed class SimObjectInfo(ObjectId id, Denotation expected, ClusterJob job, SimNode maker, ClusterTask? task)
{
    public ObjectId Id { get; } = id;

    public Denotation Expected { get; } = expected;

    public ClusterJob Job { get; } = job;

    /// <summary>The node whose code put it or submitted its task.</summary>
    public SimNode Maker { get; } = maker;

    /// <summary>The task; null for a put.</summary>
    public ClusterTask? Task { get; } = task;

    public bool IsFreed { get; set; }

    /// <summary>Whether its value is in stores, however small it is.</summary>
    public bool IsStored { get; init; }

    /// <summary>For a put of which two nodes keep a copy each: what is known of them; null: one copy has to do.</summary>
    public SimReplicas? Replicas { get; set; }

    /// <summary>The blob that each version turned out to be.</summary>
    public Dictionary<int, SimBlob> Versions { get; } = [];

    /// <summary>Versions made when the owner that had asked for them had failed, and where: they count once another node has them.</summary>
    public Dictionary<int, SimNode> Orphans { get; } = [];

    /// <summary>The version that a live node had last, and when.</summary>
    public SimBlob? Last { get; set; }

    /// <summary>How often something had been lost when that version was first seen.</summary>
    public int LossesSeen { get; set; }
}
