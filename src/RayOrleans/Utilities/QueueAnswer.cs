namespace RayOrleans;

/// <summary>What a queue's actor answers: an item, or that there was none.</summary>
internal sealed record QueueAnswer<T>(bool HasItem, T? Item);
