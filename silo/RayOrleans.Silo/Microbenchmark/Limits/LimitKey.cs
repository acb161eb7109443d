namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>Names a limit; equal keys share its measurements' set-up.</summary>
/// <param name="Kind">What is measured.</param>
/// <param name="Size">Its size, where the kind has one.</param>
internal readonly record struct LimitKey(LimitKind Kind, long Size = 0);
