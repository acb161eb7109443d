namespace RayOrleans.Runtime.Processes;

/// <summary>How a worker process is started: a program that ends up in <see cref="WorkerMain"/>.</summary>
/// <param name="FileName">The program.</param>
/// <param name="Arguments">Its arguments.</param>
internal sealed record WorkerCommand(string FileName, IReadOnlyList<string> Arguments)
{
    /// <summary>Starts this program as a worker; null: it has not said that it can be one.</summary>
    public static WorkerCommand? OfProcess { get; set; }
}
