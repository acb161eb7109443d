using System.Collections.Concurrent;
using RayOrleans.Grains;
using RayOrleans.Silo.Microbenchmark.Lines;
using RayOrleans.Silo.Microbenchmark.Measuring;

namespace RayOrleans.Silo.Microbenchmark.Limits;

/// <summary>Makes limits on demand, warm, and keeps them for the run. Used by the driver's thread alone.</summary>
internal sealed class LimitMeasurements : IDisposable
{
    private const int InFlight = 1000;
    private const int BriefSpin = 200;
    private const int LongSpin = 2000;
    private const double AllowedDelayMilliseconds = 200;

    private readonly BenchmarkScale _scale;
    private readonly BenchmarkData _data;
    private readonly Dictionary<LimitKey, Limit> _limits = [];
    private readonly Lazy<SharedMapping> _mapping;
    private readonly Lazy<ClientThreads> _copyThreads = new(() => new ClientThreads(2));

    public LimitMeasurements(BenchmarkScale scale, BenchmarkData data)
    {
        _scale = scale;
        _data = data;
        _mapping = new(() => new SharedMapping(scale.Bytes(BenchmarkScale.LargeBytes)));
    }

    /// <summary>The two nodes that run now: limits between them are measured on whichever there are. Without it there are no such limits.</summary>
    public Func<PairRuntime?> Pair { get; init; } = static () => null;

    /// <summary>The limit of a key.</summary>
    public Limit Get(LimitKey key)
    {
        if (!_limits.TryGetValue(key, out Limit? limit))
        {
            _limits[key] = limit = new Limit(Variants(key));
        }

        return limit;
    }

    /// <summary>Ends all limits.</summary>
    public void Dispose()
    {
        foreach (Limit limit in _limits.Values)
        {
            limit.Dispose();
        }

        if (_mapping.IsValueCreated)
        {
            _mapping.Value.Dispose();
        }

        if (_copyThreads.IsValueCreated)
        {
            _copyThreads.Value.Dispose();
        }
    }

    private ILocalSchedulerGrain OtherScheduler => Pair()?.Scheduler ?? throw new InvalidOperationException("There is no other silo to call.");

    private IReadOnlyList<ILimitVariant> Variants(LimitKey key) => key.Kind switch
    {
        LimitKind.RoundTrip =>
        [
            RoundTrip("owned thread, sleeping queue", 0),
            RoundTrip("owned thread, brief spin", BriefSpin),
            RoundTrip("owned thread, long spin", LongSpin),
        ],
        LimitKind.Pipelined => [Locked("owned thread, locked list", BriefSpin), Concurrent("owned thread, concurrent queue", BriefSpin)],
        LimitKind.Inline => [Inline()],
        LimitKind.Put => [key.Size > 1 ? PutBy((int)key.Size) : Put()],
        LimitKind.PutGetDelete => [PutGetDelete((int)key.Size)],
        LimitKind.Lookup => [Lookup()],
        LimitKind.Copy => new CopyLimit(_data.Numbers(key.Size), _mapping.Value).Variants(_scale),
        LimitKind.CopyTogether => new CopyLimit(_data.Numbers(key.Size), _mapping.Value).Variants(_scale, _copyThreads.Value),
        LimitKind.SocketCopy => SocketCopyLimit.Variants(_scale, (int)key.Size),
        LimitKind.ProcessSocketCopy => SocketCopyLimit.OfTwoProcesses(_scale, (int)key.Size),
        LimitKind.FileWrite => [new FileVariant(key.Size, isRead: false)],
        LimitKind.FileRead => [new FileVariant(key.Size, isRead: true)],
        LimitKind.KeptFuture => [new KeptFutureVariant(_scale)],
        LimitKind.Whole => [new ConstantVariant("all of it", 100)],
        LimitKind.AllowedStart => [new ConstantVariant("400 ms allowed", 400)],
        LimitKind.AllowedWarmStart => [new ConstantVariant("2 ms allowed", 2)],
        LimitKind.AllowedDelay => [new ConstantVariant("200 ms allowed", AllowedDelayMilliseconds)],
        LimitKind.GrainCall => [GrainCall()],
        LimitKind.GrainCallsPipelined => [GrainCallsPipelined()],
        LimitKind.SocketRoundTrip => [SharedObjectLimits.RoundTrip(_scale)],
        LimitKind.SocketPipelined => [SharedObjectLimits.Pipelined(_scale)],
        LimitKind.ProcessCopies => [SharedObjectLimits.Copies(_scale, key.Size)],
        LimitKind.FirstTouch => [SharedObjectLimits.FirstTouch(_scale, _data.Numbers(key.Size))],
        LimitKind.DictionaryItem => [SharedObjectLimits.DictionaryItem(_scale)],
        LimitKind.GroupWrite => [GroupLimits.Write(_scale, (int)key.Size)],
        LimitKind.GroupInsert => [GroupLimits.Insert(_scale, (int)key.Size, GcsLines.Database ?? throw new InvalidOperationException("There is no database to measure."))],
        _ => throw new ArgumentOutOfRangeException(nameof(key), key, "There is no such limit."),
    };

    private RateVariant RoundTrip(string name, int spins)
    {
        OwnedThreadRoundTrip thread = new(spins);
        Func<object> function = BareFunction();
        return new RateVariant(name, _scale, () => thread.Call(function), 1, thread);
    }

    private RateVariant Locked(string name, int spins)
    {
        LockedPipeline pipeline = new(InFlight, spins);
        Func<object> function = BareFunction();
        return new RateVariant(name, _scale, () => pipeline.Round(function), InFlight, pipeline);
    }

    private RateVariant Concurrent(string name, int spins)
    {
        ConcurrentPipeline pipeline = new(InFlight, spins);
        Func<object> function = BareFunction();
        return new RateVariant(name, _scale, () => pipeline.Round(function), InFlight, pipeline);
    }

    private RateVariant Inline()
    {
        Func<object> function = BareFunction();
        object? last = null;
        return new RateVariant("delegate and box", _scale, () => last = function());
    }

    private RateVariant Put()
    {
        ArenaDictionary entries = new(1);
        return new RateVariant("dictionary and arena", _scale, () => entries.Put(0, 1));
    }

    private RateVariant PutGetDelete(int bytes)
    {
        ArenaDictionary entries = new(1);
        byte[] value = new byte[bytes];
        byte[] copy = new byte[bytes];
        return new RateVariant("dictionary and arena: put, seal, get, delete", _scale, () => entries.PutGetDelete(0, value, copy));
    }

    private RateVariant PutBy(int clients)
    {
        ArenaDictionary entries = new(clients);
        ClientThreads threads = new(clients);
        return new RateVariant(
            $"dictionary and arena, {clients} threads",
            _scale,
            () => threads.Run(client =>
            {
                for (int i = 0; i < InFlight; i++)
                {
                    entries.Put(client, i);
                }
            }),
            InFlight * clients,
            threads);
    }

    private RateVariant Lookup()
    {
        ConcurrentDictionary<Int128, object> entries = new();
        for (int i = 0; i < InFlight; i++)
        {
            entries[i] = i;
        }

        long sum = 0;
        return new RateVariant("dictionary lookup", _scale, () => sum += (int)entries[InFlight / 2]);
    }

    private RateVariant GrainCall() => new("empty grain call to the other silo", _scale, () => OtherScheduler.Ping().AsTask().GetAwaiter().GetResult());

    private RateVariant GrainCallsPipelined()
    {
        Task[] calls = new Task[InFlight];
        return new RateVariant(
            "empty grain calls to the other silo, 1,000 in flight",
            _scale,
            () =>
            {
                ILocalSchedulerGrain grain = OtherScheduler;
                for (int i = 0; i < calls.Length; i++)
                {
                    calls[i] = grain.Ping().AsTask();
                }

                Task.WaitAll(calls);
            },
            InFlight);
    }

    /// <summary>A function of its own per limit, so that no call of it can be predicted from another limit's.</summary>
    private static Func<object> BareFunction()
    {
        int value = 0;
        return () => value++;
    }
}
