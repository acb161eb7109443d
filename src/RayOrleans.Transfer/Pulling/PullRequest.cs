using System.Net;

namespace RayOrleans.Transfer;

/// <summary>Asks for one object in one version.</summary>
public sealed record PullRequest
{
    /// <summary>The object.</summary>
    public required ObjectId Id { get; init; }

    /// <summary>The version; copies of another one are refused.</summary>
    public required int Version { get; init; }

    /// <summary>
    /// Where the object is, best first. Asked again when all have failed, so it may learn of new places. When several ask for the same object,
    /// the first one's is used, also after that one has cancelled.
    /// </summary>
    public required Func<CancellationToken, ValueTask<IReadOnlyList<EndPoint>>> Sources { get; init; }

    /// <summary>The object's length in bytes, if known: saves a round trip. A copy of another length is not this version.</summary>
    public long? Length { get; init; }

    /// <summary>The object's <see cref="ObjectChecksum"/>, if known: then also damage that the source does not know of is found.</summary>
    public ulong? Checksum { get; init; }

    /// <summary>Whom it is for. Default <see cref="PullClass.TaskArgument"/>.</summary>
    public PullClass Class { get; init; } = PullClass.TaskArgument;

    /// <summary>A list of sources that does not change.</summary>
    /// <param name="endPoints">Best first.</param>
    public static Func<CancellationToken, ValueTask<IReadOnlyList<EndPoint>>> From(params IReadOnlyList<EndPoint> endPoints) => _ => ValueTask.FromResult(endPoints);

    internal ObjectKey Key => new(Id, Version);
}
