namespace RayOrleans.Core;

/// <summary>What the process that runs a task finds around it; processes are used again only for work with an equal one. Immutable, compared by content.</summary>
public sealed class ProcessEnvironment : IEquatable<ProcessEnvironment>
{
    private ProcessEnvironment(IReadOnlyDictionary<string, string>? variables, string? files)
    {
        Variables = variables;
        Files = files;
    }

    /// <summary>Environment variables besides those of the node; null: none.</summary>
    public IReadOnlyDictionary<string, string>? Variables { get; }

    /// <summary>The name of the content of its working directory, in the cluster's function table; null: it is that of the node.</summary>
    public string? Files { get; }

    /// <summary>An environment; null where it would be the node's own.</summary>
    /// <param name="variables">Environment variables by name.</param>
    /// <param name="files">The name of the content of its working directory.</param>
    public static ProcessEnvironment? Of(IReadOnlyDictionary<string, string>? variables, string? files) =>
        variables is null or { Count: 0 } && files is null ? null : new ProcessEnvironment(variables is { Count: 0 } ? null : variables, files);

    /// <summary>The environment of what asks for one of its own inside another: its variables before those, and its files instead of those.</summary>
    /// <param name="outer">What it is inside of; null: the node's.</param>
    /// <param name="inner">What it asks for; null: nothing.</param>
    public static ProcessEnvironment? Join(ProcessEnvironment? outer, ProcessEnvironment? inner)
    {
        if (outer is null || inner is null)
        {
            return inner ?? outer;
        }

        Dictionary<string, string> variables = new(outer.Variables ?? new Dictionary<string, string>(), StringComparer.Ordinal);
        foreach ((string name, string value) in inner.Variables ?? new Dictionary<string, string>())
        {
            variables[name] = value;
        }

        return Of(variables, inner.Files ?? outer.Files);
    }

    /// <inheritdoc/>
    public bool Equals(ProcessEnvironment? other) =>
        ReferenceEquals(this, other) || (other is not null && Files == other.Files && AreEqual(Variables, other.Variables));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as ProcessEnvironment);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        // The order of a dictionary says nothing.
        int variables = 0;
        foreach ((string name, string value) in Variables ?? new Dictionary<string, string>())
        {
            variables ^= HashCode.Combine(StringComparer.Ordinal.GetHashCode(name), StringComparer.Ordinal.GetHashCode(value));
        }

        return HashCode.Combine(Files is null ? 0 : StringComparer.Ordinal.GetHashCode(Files), variables);
    }

    private static bool AreEqual(IReadOnlyDictionary<string, string>? left, IReadOnlyDictionary<string, string>? right) =>
        ReferenceEquals(left, right)
        || (left is not null && right is not null && left.Count == right.Count && left.All(v => right.TryGetValue(v.Key, out string? other) && other == v.Value));
}
