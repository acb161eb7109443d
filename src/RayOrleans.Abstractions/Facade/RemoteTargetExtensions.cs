namespace RayOrleans;

/// <summary>
/// <c>Remote</c>, <c>Stream</c>, <c>Actor</c> and <c>Map</c> on everything that takes calls: an <see cref="IRay"/> or <see cref="RemoteOptions"/>.
/// Each argument is a value or a reference to one; the overloads differ in the function's shape and the mix of the two.
/// </summary>
public static partial class RemoteTargetExtensions;
