namespace RayOrleans;

/// <summary>The value of functions that return none.</summary>
public readonly record struct Unit;
