namespace RayOrleans.ObjectStore;

/// <summary>An answer as a client keeps it.</summary>
/// <param name="Status">How the request ended.</param>
/// <param name="Value">What came with it: an object, an object to write, totals, or a sentence.</param>
internal readonly record struct Answer(AnswerStatus Status, object? Value);
