using System.Text.Json;
using System.Text.Json.Serialization;

namespace RayOrleans.Grains.Azure;

/// <summary>What counts of a shard: the newest epoch, the state, and the logs that follow it. A blob that is replaced as a whole, if nobody else has replaced it.</summary>
internal sealed record ShardHead
{
    public const int CurrentVersion = 1;

    public int Version { get; init; } = CurrentVersion;

    public long Epoch { get; init; }

    /// <summary>The number of the next blob.</summary>
    public long Next { get; init; } = 1;

    /// <summary>The blob of the state; null: it is empty.</summary>
    public string? State { get; init; }

    /// <summary>The logs, in order. Only the last one is written.</summary>
    public IReadOnlyList<ShardLogName> Logs { get; init; } = [];

    /// <exception cref="InvalidDataException">It is of a later version, or damaged.</exception>
    public static ShardHead Parse(BinaryData content, string where)
    {
        try
        {
            ShardHead head = JsonSerializer.Deserialize(content, ShardHeadJson.Default.ShardHead) ?? throw new InvalidDataException($"{where} is damaged.");
            return head.Version == CurrentVersion ? head : throw new InvalidDataException($"{where} was written by another version ({head.Version}), whose form is not known here.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{where} is damaged.", e);
        }
    }

    public BinaryData ToContent() => BinaryData.FromBytes(JsonSerializer.SerializeToUtf8Bytes(this, ShardHeadJson.Default.ShardHead));
}

/// <summary>A log of a shard.</summary>
/// <param name="Name">The blob.</param>
/// <param name="End">Where it ends; null: at the first fence, or where nothing follows.</param>
internal sealed record ShardLogName(string Name, long? End);

/// <summary>The form of <see cref="ShardHead"/> in its blob.</summary>
[JsonSerializable(typeof(ShardHead))]
internal sealed partial class ShardHeadJson : JsonSerializerContext;
