namespace RayOrleans.Core.Simulation.Cluster;

/// <summary>
/// A task's function or a driver's program: what it must make is fixed, when and in which order it does its steps is drawn anew for
/// each run. Each is called from one place only, so that what its locals stand for is known before it runs.
/// </summary>
internal sealed class Code
{
    public required ulong Number { get; init; }

    /// <summary>What each local stands for: references first from inputs, then those that steps make.</summary>
    public required Denotation[] Locals { get; init; }

    /// <summary>For each input the first local that comes from it: what an argument's value refers to, or the reference itself.</summary>
    public required int[] InputLocals { get; init; }

    public required CodeStep[] Steps { get; init; }

    /// <summary>The locals that the result refers to.</summary>
    public required int[] Returned { get; init; }

    public required Denotation[] Inputs { get; init; }

    public required int Dependencies { get; init; }

    public required Denotation Result { get; init; }

    /// <summary>What the parts of its result stand for, where that is a tuple: objects of their own, the only ones that its caller uses.</summary>
    public Denotation[] Parts { get; init; } = [];

    /// <summary>What the items of its stream stand for; null: it makes none.</summary>
    public Denotation[]? Items { get; init; }

    /// <summary>The locals that each item refers to.</summary>
    public int[][] ItemUses { get; init; } = [];

    /// <summary>Whether it always throws, after its items.</summary>
    public bool Fails { get; init; }

    public TaskOptions Options { get; init; } = TaskOptions.Default;

    /// <summary>How many runs of it may fail by chance.</summary>
    public int TransientFaults { get; init; }

    /// <summary>Its distance from the driver.</summary>
    public int Depth { get; init; }
}
