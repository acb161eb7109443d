namespace CartPole.Training;

/// <summary>What a training came to.</summary>
/// <param name="Seed">Its seed.</param>
/// <param name="Curve">The mean return of the policy before each update.</param>
/// <param name="TestReturn">The mean return of the last policy over fresh episodes.</param>
/// <param name="TestEpisodes">How many episodes those were.</param>
public sealed record TrainingResult(int Seed, IReadOnlyList<double> Curve, double TestReturn, int TestEpisodes);
