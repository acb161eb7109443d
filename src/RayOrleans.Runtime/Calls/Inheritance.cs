using System.Runtime.CompilerServices;
using RayOrleans.Core;

namespace RayOrleans.Runtime;

/// <summary>What calls inherit from whoever makes them, and the engine's options of those that do, made once per options object.</summary>
/// <param name="process">The process that a call asks for that does not say one.</param>
/// <param name="environment">The environment of that process; null: its node's.</param>
internal sealed class Inheritance(Core.ProcessKind process, ProcessEnvironment? environment)
{
    /// <summary>The process that a call asks for that does not say one: with an environment, the job's at least.</summary>
    public Core.ProcessKind Process { get; } = environment is not null && process == Core.ProcessKind.Node ? Core.ProcessKind.Job : process;

    /// <summary>The environment of the process.</summary>
    public ProcessEnvironment? Environment => environment;

    /// <summary>Of a task without options.</summary>
    public TaskOptions? Task { get; set; }

    /// <summary>Of an actor's construction without options.</summary>
    public TaskOptions? Creation { get; set; }

    public ConditionalWeakTable<RemoteOptions, TaskOptions> Tasks { get; } = [];

    public ConditionalWeakTable<RemoteOptions, TaskOptions> Creations { get; } = [];
}
