namespace RayOrleans;

/// <summary>
/// What the process that runs a task or actor finds around it: <c>Ray.Options(runtimeEnv: new() { WorkingDirectory = "model" })</c>, or for a whole job
/// <see cref="RayOptions.RuntimeEnv"/>. It needs a worker process: with <c>isolation: InSilo</c> it is refused. Tasks with different environments never share one.
/// Immutable, compared by content.
/// </summary>
/// <remarks>
/// <para>
/// <see cref="WorkingDirectory"/> and <see cref="Files"/> together are one folder, which is the current directory of the worker process; its path is also in the
/// environment variable RAYORLEANS_WORKING_DIRECTORY. They are read once, when a call first uses this object, and kept in the cluster by their content; for what was changed
/// since, make another object. Each node unpacks a content once for a job, and deletes the folder when the job has ended and none of its processes (those of
/// detached actors) is left. Processes of the job that have the same content share the folder: what one writes there, others on that node see.
/// </para>
/// <para>
/// What a task or actor submits has its environment too, and so has what the driver submits the job's. One of its own is joined with that: its variables come before
/// those, its files and working directory are instead of those. What says <c>isolation: InSilo</c> runs without, in the environment of the silo.
/// </para>
/// <para>A file that is missing, more data than <see cref="RayOptions.MaxRuntimeEnvBytes"/>, a path that leads out of the folder, a link to elsewhere and two files with one path are a <see cref="RuntimeEnvException"/> at the call.</para>
/// </remarks>
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

    /// <summary>
    /// Files and folders to bring along: by the path below the working directory (with <c>/</c>) the path on the submitting machine; null for none. Of a folder everything
    /// below it comes along, with its relative paths. Which files can be executed is kept.
    /// </summary>
    /// <exception cref="ArgumentException">A path is empty or null.</exception>
    public IReadOnlyDictionary<string, string>? Files
    {
        get => _files;
        init => _files = OptionCheck.Texts(value, "runtimeEnv.Files");
    }

    /// <summary>A directory of the submitting machine to bring along and start in, with all that is below it; null for none: then the process starts in a folder with <see cref="Files"/> alone, or where its node did.</summary>
    /// <exception cref="ArgumentException">The path is empty.</exception>
    public string? WorkingDirectory
    {
        get => _workingDirectory;
        init => _workingDirectory = OptionCheck.Name(value, "runtimeEnv.WorkingDirectory");
    }
}
