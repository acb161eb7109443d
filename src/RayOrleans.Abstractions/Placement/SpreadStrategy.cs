namespace RayOrleans;

/// <summary>See <see cref="SchedulingStrategy.Spread"/>.</summary>
public sealed record SpreadStrategy : SchedulingStrategy;
