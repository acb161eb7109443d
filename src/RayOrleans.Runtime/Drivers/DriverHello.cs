using System.Text.Json;
using System.Text.Json.Serialization;

namespace RayOrleans.Runtime.Drivers;

/// <summary>How a driver introduces itself, after the magic bytes that say it is one.</summary>
internal sealed record DriverHello
{
    /// <summary>The first bytes of a connection.</summary>
    public static ReadOnlySpan<byte> Magic => "RAYD"u8;

    /// <summary>The version of the form that the driver speaks.</summary>
    public required int Version { get; init; }

    /// <summary>Its name for people.</summary>
    public string Name { get; init; } = "";

    /// <summary>Its program and process, for people.</summary>
    public string Program { get; init; } = "";

    /// <summary>The namespace of its job for actors' names; null: one of its own.</summary>
    public string? Namespace { get; init; }

    /// <summary>Whether it is to be shown what its tasks write; drivers of before this was known do not ask for it.</summary>
    public bool TakesOutput { get; init; }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, DriverJson.Default.DriverHello);

    /// <exception cref="JsonException">The bytes are no hello.</exception>
    public static DriverHello Read(byte[] bytes) => JsonSerializer.Deserialize(bytes, DriverJson.Default.DriverHello) ?? throw new JsonException("There is no hello.");
}

/// <summary>What a driver is told: where it is and what its job is, or why it is not taken in.</summary>
internal sealed record DriverWelcome
{
    /// <summary>The version of the form that the node speaks.</summary>
    public required int Version { get; init; }

    /// <summary>Why the driver is not taken in; null: it is.</summary>
    public string? Refusal { get; init; }

    /// <summary>What every process of a node is told (<see cref="Processes.ProcessSetup"/>).</summary>
    public byte[]? Setup { get; init; }

    /// <summary>Whether what the driver submits runs in worker processes unless it says otherwise: the node can start some.</summary>
    public bool RunsInWorkers { get; init; }

    /// <summary>Its job.</summary>
    public ulong Job { get; init; }

    /// <summary>The id that stands for the driver as a parent of tasks.</summary>
    public ulong RootHigh { get; init; }

    /// <summary>The other half.</summary>
    public ulong RootLow { get; init; }

    /// <summary>The job's namespace for actors' names.</summary>
    public string? Namespace { get; init; }

    public byte[] ToBytes() => JsonSerializer.SerializeToUtf8Bytes(this, DriverJson.Default.DriverWelcome);

    /// <exception cref="JsonException">The bytes are no welcome.</exception>
    public static DriverWelcome Read(byte[] bytes) => JsonSerializer.Deserialize(bytes, DriverJson.Default.DriverWelcome) ?? throw new JsonException("There is no answer.");
}

/// <summary>Their form on the wire: what a version does not know it skips.</summary>
[JsonSerializable(typeof(DriverHello))]
[JsonSerializable(typeof(DriverWelcome))]
[JsonSerializable(typeof(NodePlace))]
internal sealed partial class DriverJson : JsonSerializerContext;
