namespace CartPole.Learning;

/// <summary>What a simulator is asked: to try the policy with noise added and with the same noise taken away.</summary>
/// <param name="Seed">The run's seed.</param>
/// <param name="Index">The number of the rollout within the run; with the seed it fixes the noise and the starts.</param>
/// <param name="NoiseScale">How much noise.</param>
/// <param name="Episodes">How many episodes on each side.</param>
public sealed record RolloutRequest(int Seed, int Index, double NoiseScale, int Episodes);
