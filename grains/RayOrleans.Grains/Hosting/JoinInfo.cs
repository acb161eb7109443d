using System.Text.Json.Serialization;

namespace RayOrleans.Grains;

/// <summary>What a node tells one who wants to join its cluster.</summary>
internal sealed record JoinInfo
{
    public required int ProtocolVersion { get; init; }

    public required string ClusterId { get; init; }

    public required string ServiceId { get; init; }

    public required ClusterProvider Provider { get; init; }

    /// <summary>The silo that the membership lives on, as <c>address:port</c>; null where it lives in a database.</summary>
    public string? Primary { get; init; }

    /// <summary>Where the shards are kept, as <see cref="RayClusterOptions.Gcs"/> writes it; null: an earlier version answers, by <see cref="GcsFolder"/>.</summary>
    public string? Gcs { get; init; }

    /// <summary>The folder that the shards are kept in; null: elsewhere.</summary>
    public string? GcsFolder { get; init; }

    /// <summary>The machine of that folder.</summary>
    public string? GcsMachine { get; init; }

    public required int ShardCount { get; init; }

    public required int SchedulerCount { get; init; }
}

/// <summary>The form of <see cref="JoinInfo"/> on the wire.</summary>
[JsonSerializable(typeof(JoinInfo))]
internal sealed partial class JoinInfoJson : JsonSerializerContext;
