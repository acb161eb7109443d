namespace CartPole.Learning;

/// <summary>What came of a rollout. The noise itself is not sent back: its seed is in the request.</summary>
/// <param name="Request">What was asked.</param>
/// <param name="PolicyVersion">Which policy was tried.</param>
/// <param name="Plus">The mean return with the noise added.</param>
/// <param name="Minus">The mean return with the noise taken away.</param>
public sealed record RolloutResult(RolloutRequest Request, int PolicyVersion, double Plus, double Minus);
