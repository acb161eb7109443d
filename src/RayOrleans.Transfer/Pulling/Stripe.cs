namespace RayOrleans.Transfer;

/// <summary>A part of an object that one request moves.</summary>
/// <param name="Offset">Bytes from the object's start; a multiple of a checksum block.</param>
/// <param name="Length">Bytes.</param>
internal readonly record struct Stripe(long Offset, int Length);
