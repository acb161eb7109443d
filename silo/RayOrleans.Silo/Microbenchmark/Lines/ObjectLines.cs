using RayOrleans.Silo.Microbenchmark.Limits;
using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>Gets and puts of small objects.</summary>
internal static class ObjectLines
{
    private const int Clients = 4;
    private const int PutsPerRound = 1000;
    private const int NestedRefs = 10_000;
    private const long SmallBytes = 8000;
    private const int TinyBytes = 100;

    /// <summary>The lines.</summary>
    public static IReadOnlyList<BenchmarkLine> All { get; } =
    [
        new("single client get calls", Units.Gets, RuntimeProfile.HandOff)
        {
            Open = GetCalls,
            Limit = static _ => new(LimitKind.Lookup),
        },
        new("single client put calls", Units.Puts, RuntimeProfile.HandOff)
        {
            Open = static context => new RateRun(context.Scale, () => context.Ray.Put(0)),
            Limit = static _ => new(LimitKind.Put, 1),
        },
        new("put, get and drop 100 B", Units.Rounds, RuntimeProfile.HandOff)
        {
            Open = PutGetDrop,
            Limit = static _ => new(LimitKind.PutGetDelete, TinyBytes),
        },
        new("multi client put calls", Units.Puts, RuntimeProfile.HandOff)
        {
            Open = MultiClientPutCalls,
            Limit = static _ => new(LimitKind.Put, Clients),
        },
        new("single client get object containing 10k refs", Units.Gets, RuntimeProfile.HandOff)
        {
            Open = GetManyRefs,
            Limit = static _ => new(LimitKind.Lookup),
            FromLimit = static (lookups, scale) => lookups / scale.Count(NestedRefs),
        },
        new("get 8 KB [zero-copy]", Units.Gets, RuntimeProfile.HandOff)
        {
            ShowsStore = true,
            Open = static context => ZeroCopyGet(context, SmallBytes),
            Limit = static _ => new(LimitKind.Lookup),
        },
        new("get 800 MB [zero-copy]", Units.Gets, RuntimeProfile.HandOff)
        {
            ShowsStore = true,
            Open = static context => ZeroCopyGet(context, context.Scale.Bytes(BenchmarkScale.LargeBytes)),
            Limit = static _ => new(LimitKind.Lookup),
        },
        new("get 800 MB [zero-copy, a view of its own]", Units.Gets, RuntimeProfile.HandOff)
        {
            ShowsStore = true,
            Open = static context => OwnView(context, context.Scale.Bytes(BenchmarkScale.LargeBytes)),
            Limit = static _ => new(LimitKind.Lookup),
        },
    ];

    private static RateRun GetCalls(LineContext context)
    {
        ObjectRef<int> value = context.Ray.Put(0);
        return new RateRun(context.Scale, () => context.Ray.Get(value), 1, value.Dispose);
    }

    private static RateRun PutGetDrop(LineContext context)
    {
        byte[] value = new byte[TinyBytes];
        return new RateRun(context.Scale, () =>
        {
            using ObjectRef<byte[]> put = context.Ray.Put(value);
            Expect.Equal(TinyBytes, context.Ray.Get(put).Length);
        });
    }

    private static RateRun MultiClientPutCalls(LineContext context)
    {
        int puts = context.Scale.Count(PutsPerRound);
        ClientThreads clients = new(Clients);
        Action<int> client = _ =>
        {
            for (int i = 0; i < puts; i++)
            {
                context.Ray.Put(0);
            }
        };
        return new RateRun(context.Scale, () => clients.Run(client), puts * Clients, clients.Dispose);
    }

    private static RateRun GetManyRefs(LineContext context)
    {
        int count = context.Scale.Count(NestedRefs);
        ObjectRef<List<ObjectRef<int>>> refs = context.Ray.Remote(Functions.ManyRefs, count);
        return new RateRun(
            context.Scale,
            () => Expect.Equal(count, context.Ray.Get(refs).Count),
            1,
            refs.Dispose);
    }

    /// <summary>As <see cref="ZeroCopyGet"/>, but no get reads by another one's pin.</summary>
    private static RateRun OwnView(LineContext context, long bytes)
    {
        long[] numbers = context.Data.Numbers(bytes);
        ObjectRef<ReadOnlyMemory<long>> value = context.Ray.Put<ReadOnlyMemory<long>>(numbers);
        return new RateRun(
            context.Scale,
            () =>
            {
                using Pinned<ReadOnlyMemory<long>> pinned = context.Ray.GetPinned(value);
                Expect.Equal(numbers.Length, pinned.Value.Length);
            },
            1,
            value.Dispose);
    }

    private static RateRun ZeroCopyGet(LineContext context, long bytes)
    {
        long[] numbers = context.Data.Numbers(bytes);
        ObjectRef<ReadOnlyMemory<long>> value = context.Ray.Put<ReadOnlyMemory<long>>(numbers);
        return new RateRun(
            context.Scale,
            () => Expect.Equal(numbers.Length, context.Ray.Get(value).Length),
            1,
            value.Dispose);
    }
}
