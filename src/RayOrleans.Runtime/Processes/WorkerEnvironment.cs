namespace RayOrleans.Runtime.Processes;

/// <summary>The environment variables of a worker process.</summary>
internal static class WorkerEnvironment
{
    /// <summary>What configures the node begins so: the cluster's secret and the database's password are among it.</summary>
    private const string OfNode = "RayOrleans__";

    /// <summary>Names the folder with the files of the process' environment, where it has some.</summary>
    public const string FolderVariable = "RAYORLEANS_WORKING_DIRECTORY";

    /// <summary>Takes what is the node's own out of what a process would inherit, and adds what it is to have.</summary>
    public static void Set(IDictionary<string, string?> variables, IReadOnlyDictionary<string, string>? own)
    {
        foreach (string name in variables.Keys.Where(static n => n.StartsWith(OfNode, StringComparison.OrdinalIgnoreCase)).ToList())
        {
            variables.Remove(name);
        }

        foreach ((string name, string value) in own ?? new Dictionary<string, string>())
        {
            variables[name] = value;
        }
    }
}
