using Orleans.Concurrency;
using Orleans.Runtime;
using RayOrleans.Runtime.Cluster;

namespace RayOrleans.Grains;

/// <summary>Refuses answers that are too large where they are made: the connection they would close carries everybody's calls.</summary>
internal static class BatchGuard
{
    /// <summary>The answer itself.</summary>
    /// <exception cref="ArgumentException">It is over the limit.</exception>
    public static byte[] Checked(byte[] answer)
    {
        ArgumentNullException.ThrowIfNull(answer);
        return answer.Length <= ClusterLimits.MaxBatchBytes
            ? answer
            : throw new ArgumentException(
                $"An answer of {answer.Length} bytes is over the limit of {ClusterLimits.MaxBatchBytes}: who asks for more asks in pieces.",
                nameof(answer));
    }

    /// <summary>A party's answer as Orleans carries it; without a task of its own when it is there already, as it nearly always is.</summary>
    public static ValueTask<Immutable<byte[]>> AnswerAsync(ValueTask<byte[]> answer)
    {
        return answer.IsCompletedSuccessfully ? new(Checked(answer.Result).AsImmutable()) : WaitAsync(answer);

        static async ValueTask<Immutable<byte[]>> WaitAsync(ValueTask<byte[]> answer)
        {
            try
            {
                return Checked(await answer).AsImmutable();
            }
            catch (Exception e) when (e.GetType().Assembly == typeof(IClusterParty).Assembly)
            {
                // The types of parties' failures do not travel: Orleans would fail as it sends them, and say so at length for every caller of a shard that moves.
                throw new OrleansException(e.Message);
            }
        }
    }
}
