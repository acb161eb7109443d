using System.Text.Json;
using System.Text.Json.Serialization;

namespace RayOrleans.Silo.Jobs;

/// <summary>A program that was submitted to the cluster, as the cluster's key-value table has it (as JSON, under <see cref="KeyPrefix"/> and its id).</summary>
internal sealed record SubmittedJob
{
    /// <summary>What the keys begin with.</summary>
    public const string KeyPrefix = "rayorleans.jobs/";

    /// <summary>The namespace of the actors that run such programs; each is named after its job.</summary>
    public const string ActorNamespace = "rayorleans.jobs";

    /// <summary>The id that it was submitted with.</summary>
    public required string Id { get; init; }

    /// <summary>The file that is run, below the folder that was submitted.</summary>
    public required string Program { get; init; }

    /// <summary>The program's arguments.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>How it is.</summary>
    public SubmittedJobState State { get; init; }

    /// <summary>The program's exit code, 128 and the signal where one ended it; null: it has not ended, or nobody saw how.</summary>
    public int? ExitCode { get; init; }

    /// <summary>Why it is not there any more, as a clause; null: its exit code says all.</summary>
    public string? Message { get; init; }

    /// <summary>The node that runs it; empty before there is one.</summary>
    public string Node { get; init; } = "";

    /// <summary>When it was submitted.</summary>
    public DateTimeOffset SubmittedAt { get; init; }

    /// <summary>When it started; null: it has not.</summary>
    public DateTimeOffset? StartedAt { get; init; }

    /// <summary>When it ended; null: it has not.</summary>
    public DateTimeOffset? EndedAt { get; init; }

    /// <summary>Whether it will not change any more.</summary>
    [JsonIgnore]
    public bool HasEnded => State is SubmittedJobState.Succeeded or SubmittedJobState.Failed or SubmittedJobState.Stopped;

    /// <summary>Its key in the table.</summary>
    [JsonIgnore]
    public string Key => KeyPrefix + Id;

    /// <summary>As it is kept.</summary>
    public byte[] ToJson() => JsonSerializer.SerializeToUtf8Bytes(this, JobJson.Default.SubmittedJob);

    /// <summary>From what is kept.</summary>
    /// <exception cref="JsonException">Somebody else has written there.</exception>
    public static SubmittedJob FromJson(ReadOnlySpan<byte> json) =>
        JsonSerializer.Deserialize(json, JobJson.Default.SubmittedJob) ?? throw new JsonException("It says null.");
}
