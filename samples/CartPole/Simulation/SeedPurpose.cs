namespace CartPole.Simulation;

/// <summary>What random numbers are for. Each purpose has its own, so the final test meets starts that training never saw.</summary>
public enum SeedPurpose
{
    /// <summary>The first weights.</summary>
    Weights,

    /// <summary>The noise of a rollout.</summary>
    Noise,

    /// <summary>The starts of training episodes.</summary>
    TrainingStarts,

    /// <summary>The starts of the episodes that the learning curve is drawn from.</summary>
    ProgressStarts,

    /// <summary>The starts of the final test.</summary>
    TestStarts,
}
