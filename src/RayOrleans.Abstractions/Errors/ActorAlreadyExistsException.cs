namespace RayOrleans;

/// <summary>An actor of that name exists in the namespace; pass <c>getIfExists: true</c> to get it instead.</summary>
public sealed class ActorAlreadyExistsException : ArgumentException, IRayException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="name">The actor's name.</param>
    /// <param name="namespace">The namespace.</param>
    public ActorAlreadyExistsException(string name, string? @namespace = null)
        : base($"An actor named '{name}' already exists in namespace '{@namespace ?? "default"}'. Pass getIfExists: true to get it instead.", nameof(name))
    {
        ActorName = name;
        Namespace = @namespace;
    }

    /// <summary>The actor's name.</summary>
    public string ActorName { get; }

    /// <summary>The namespace; null for the job's own.</summary>
    public string? Namespace { get; }
}
