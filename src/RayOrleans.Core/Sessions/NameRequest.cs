namespace RayOrleans.Core;

/// <summary>A process asks for an actor by name; whoever carries that out keeps nothing of it.</summary>
/// <param name="Message">The question.</param>
/// <param name="Creation">The record of the actor that is to be made, known to nobody yet; null: it is only looked for.</param>
public sealed record NameRequest(NameMessage Message, TaskRecord? Creation);
