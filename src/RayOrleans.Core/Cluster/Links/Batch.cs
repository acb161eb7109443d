namespace RayOrleans.Core;

/// <summary>
/// Messages from one party to another, in order. A link has one batch in flight and sends it again until it is answered, so batches
/// arrive in order and are applied once (PROTOCOL, "Effects and ordering").
/// </summary>
/// <param name="From">Who sends.</param>
/// <param name="FromEpoch">A shard's epoch; 0 for a node, whose id is its incarnation.</param>
/// <param name="To">Who is meant.</param>
/// <param name="ToEpoch">The epoch of the receiving shard that the sender knows; 0 for a node, or when none is known.</param>
/// <param name="Number">The batch's number on this link, from 1.</param>
/// <param name="Messages">The messages.</param>
public sealed record Batch(Party From, long FromEpoch, Party To, long ToEpoch, long Number, IReadOnlyList<Message> Messages);
