namespace RayOrleans.Silo.Chaos.Workloads;

/// <summary>A chain of calls through actors on all nodes, each of which hashes what the one before has made. The actors are made anew every round.</summary>
internal sealed class HashChain(int seed) : IWorkload
{
    private const int Links = 6;
    private const int Laps = 8;
    private const ulong Prime = 1_099_511_628_211;

    public string Name => "hash chains through actors";

    public int RunRound(IRay ray, int round)
    {
        RemoteOptions options = ray.Options(numCpus: 0, maxRestarts: -1, maxTaskRetries: -1, schedulingStrategy: SchedulingStrategy.Spread);
        long start = HashCode.Combine(seed, round);
        ActorHandle<Hasher>[] hashers = [.. Enumerable.Range(0, Links).Select(i => options.Actor(() => new Hasher(i)))];
        ObjectRef<long> value = ray.Put(start);
        long expected = start;
        for (int i = 0; i < Links * Laps; i++)
        {
            ActorHandle<Hasher> hasher = hashers[i % Links];
            value = hasher.Remote((h, v) => h.Next(v), value);
            expected = Hasher.Hash(expected, i % Links);
        }

        WrongAnswerException.Check($"hash in round {round}", expected, ray.Get(value));
        Array.ForEach(hashers, static hasher => hasher.Dispose());
        return 1;
    }

    /// <summary>What it answers does not depend on what it was called with before, so the answers are the same after a restart.</summary>
    private sealed class Hasher(long salt)
    {
        public static long Hash(long value, long salt) => unchecked((long)(((ulong)value ^ (ulong)salt) * Prime)) ^ (value >>> 29);

        public long Next(long value) => Hash(value, salt);
    }
}
