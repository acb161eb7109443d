namespace RayOrleans;

/// <summary>Says that a method of an actor changes no state, so that its calls need not be logged and replayed after a failure.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ReadOnlyCallAttribute : Attribute;
