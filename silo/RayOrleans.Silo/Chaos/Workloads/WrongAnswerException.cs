namespace RayOrleans.Silo.Chaos.Workloads;

/// <summary>An answer that was wrong: the one thing that must never happen.</summary>
internal sealed class WrongAnswerException(string message) : Exception(message)
{
    /// <summary>Compares.</summary>
    public static void Check(string what, long expected, long actual)
    {
        if (expected != actual)
        {
            throw new WrongAnswerException($"{what}: {actual} instead of {expected}.");
        }
    }
}
