namespace RayOrleans;

/// <summary>See <see cref="SchedulingStrategy.Default"/>.</summary>
public sealed record DefaultStrategy : SchedulingStrategy;
