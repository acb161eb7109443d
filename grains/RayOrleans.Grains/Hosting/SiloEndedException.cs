namespace RayOrleans.Grains;

/// <summary>A silo has ended before it was up. Stays inside <see cref="RayClusterStart"/>, which starts another.</summary>
/// <param name="why">Why.</param>
internal sealed class SiloEndedException(string why) : Exception(why);
