namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>One thing that code does; the order of steps is free as long as what they use is there.</summary>
internal sealed class CodeStep
{
    public required StepKind Kind { get; init; }

    /// <summary>The locals it uses: a task's arguments, what a put refers to, or what is gotten.</summary>
    public required int[] Uses { get; init; }

    /// <summary>How many of a task's inputs are arguments; the others are referred to by arguments.</summary>
    public int Dependencies { get; init; }

    /// <summary>The options of the actor that it makes.</summary>
    public ActorOptions? Actor { get; init; }

    /// <summary>The code of the task.</summary>
    public Code? Child { get; init; }

    public ulong Number { get; init; }

    /// <summary>For a put: whether two nodes keep it.</summary>
    public bool IsReplicated { get; init; }

    /// <summary>The first local that it makes.</summary>
    public int FirstResult { get; init; }

    /// <summary>Whether no result depends on it: it may be left out, cancelled and freed.</summary>
    public bool IsNoise { get; init; }
}
