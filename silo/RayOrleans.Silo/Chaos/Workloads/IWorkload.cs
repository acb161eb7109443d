namespace RayOrleans.Silo.Chaos.Workloads;

/// <summary>Work whose answers are known beforehand, in rounds.</summary>
internal interface IWorkload
{
    /// <summary>For the report.</summary>
    string Name { get; }

    /// <summary>Submits one round and checks every answer. Nothing is referred to any more when it has returned.</summary>
    /// <param name="ray">The driver.</param>
    /// <param name="round">From 0; decides, with the seed, what is computed.</param>
    /// <returns>How many answers were checked.</returns>
    /// <exception cref="WrongAnswerException">One was wrong.</exception>
    int RunRound(IRay ray, int round);
}
