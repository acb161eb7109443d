namespace RayOrleans.Runtime.Code;

/// <summary>What the calls of a function need on other nodes.</summary>
/// <param name="Package">The program's package, which was published.</param>
/// <param name="Refusal">Why its calls cannot be sent; null: they can.</param>
internal sealed record CallNeeds(ContentHash Package, string? Refusal);
