namespace RayOrleans;

/// <summary>Puts a method of an actor into a concurrency group; <c>concurrencyGroups</c> of the options says how many calls of the group run at a time.</summary>
/// <param name="name">The group's name.</param>
[AttributeUsage(AttributeTargets.Method)]
public sealed class ConcurrencyGroupAttribute(string name) : Attribute
{
    /// <summary>The group's name.</summary>
    public string Name { get; } = OptionCheck.Name(name, nameof(name)) ?? throw new ArgumentNullException(nameof(name));
}
