namespace CartPole.Options;

/// <summary>What a run is asked to do.</summary>
public sealed record TrainingOptions
{
    /// <summary>How many rollouts make an update.</summary>
    public const int RolloutsPerIteration = 32;

    /// <summary>How many episodes a rollout has on each side.</summary>
    public const int EpisodesPerRollout = 4;

    /// <summary>One training each, one after the other.</summary>
    public IReadOnlyList<int> Seeds { get; init; } = [1, 2, 3];

    /// <summary>How many updates each training makes.</summary>
    public int Iterations { get; init; } = 60;

    /// <summary>How many simulators there are.</summary>
    public int Simulators { get; init; } = 2 * Environment.ProcessorCount;

    /// <summary>Whether rollouts are plain tasks instead of calls of simulators.</summary>
    public bool UseTasks { get; init; }

    /// <summary>Where the learning curves are drawn.</summary>
    public string PicturePath { get; init; } = Path.Combine("artifacts", "cartpole.png");

    /// <summary>How many embedded nodes to start.</summary>
    public int Nodes { get; init; } = 1;

    /// <summary>Whether only help was asked for.</summary>
    public bool Help { get; init; }
}
