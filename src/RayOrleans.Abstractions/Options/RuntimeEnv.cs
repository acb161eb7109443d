namespace RayOrleans;

/// <summary>
/// What the process that runs a task or actor finds around it. Tasks with different environments never share a worker process.
/// Immutable, compared by content.
/// </summary>
public sealed record RuntimeEnv
{
    private readonly OptionMap<string>? _environmentVariables;
    private readonly OptionMap<string>? _files;
    private readonly string? _workingDirectory;

    /// <summary>Environment variables to set, by name; null for none.</summary>
    /// <exception cref="ArgumentException">A name is empty or a value is null.</exception>
    public IReadOnlyDictionary<string, string>? EnvironmentVariables
    {
        get => _environmentVariables;
        init => _environmentVariables = OptionCheck.Texts(value, "runtimeEnv.EnvironmentVariables");
    }

    /// <summary>Files to bring along: the path below the working directory, and the path on the submitting machine; null for none.</summary>
    /// <exception cref="ArgumentException">A path is empty or null.</exception>
    public IReadOnlyDictionary<string, string>? Files
    {
        get => _files;
        init => _files = OptionCheck.Texts(value, "runtimeEnv.Files");
    }

    /// <summary>A directory of the submitting machine to bring along and start in; null for none.</summary>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public string? WorkingDirectory
    {
        get => _workingDirectory;
        init => _workingDirectory = OptionCheck.Name(value, "runtimeEnv.WorkingDirectory");
    }
}
