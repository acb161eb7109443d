namespace CartPole.Training;

/// <summary>How an iteration went.</summary>
/// <param name="Seed">The run's seed.</param>
/// <param name="Iteration">Its number, from 1.</param>
/// <param name="Iterations">How many there will be.</param>
/// <param name="MeanReturn">Of the policy that went into it, without noise.</param>
/// <param name="Rollouts">How many rollouts made the update.</param>
/// <param name="Late">How many of them are of an earlier policy.</param>
public sealed record IterationReport(int Seed, int Iteration, int Iterations, double MeanReturn, int Rollouts, int Late);
