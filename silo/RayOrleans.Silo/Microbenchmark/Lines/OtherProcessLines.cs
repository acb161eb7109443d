using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using RayOrleans.ObjectStore;
using RayOrleans.Silo.Microbenchmark.Limits;
using RayOrleans.Silo.Microbenchmark.Measuring;
using RayOrleans.Silo.Microbenchmark.Parts;

namespace RayOrleans.Silo.Microbenchmark.Lines;

/// <summary>An object store in one process, used from others.</summary>
internal static class OtherProcessLines
{
    private const int SmallBytes = 64;
    private const int InFlight = 1000;
    private const int Processes = 4;
    private const int LiveObjects = 1_000_000;
    private const long SmallCapacity = 512L << 20;
    private const long Slack = 64L << 20;
    private const double BytesPerGigabyte = 1e9;

    /// <summary>The lines.</summary>
    public static IReadOnlyList<BenchmarkLine> All { get; } =
    [
        new("put 64 B sync [other process]", Units.Puts, RuntimeProfile.HandOff)
        {
            Open = PutSync,
            Limit = static _ => new(LimitKind.SocketRoundTrip),
        },
        new("get 64 B sync [other process]", Units.Gets, RuntimeProfile.HandOff)
        {
            Open = static context => GetSync(context, inPlace: false),
            Limit = static _ => new(LimitKind.SocketRoundTrip),
        },
        new("get 64 B in place sync [other process]", Units.Gets, RuntimeProfile.HandOff)
        {
            Open = static context => GetSync(context, inPlace: true),
            Limit = static _ => new(LimitKind.SocketRoundTrip),
        },
        new("put 64 B async [other process]", Units.Puts, RuntimeProfile.HandOff)
        {
            Open = static context => PutAsync(context, live: 0),
            Limit = static _ => new(LimitKind.SocketPipelined),
        },
        new("get 64 B async [other process]", Units.Gets, RuntimeProfile.HandOff)
        {
            Open = GetAsync,
            Limit = static _ => new(LimitKind.SocketPipelined),
        },
        new("put 64 B async beside 1M live objects [other process]", Units.Puts, RuntimeProfile.HandOff)
        {
            Open = static context => PutAsync(context, context.Scale.Count(LiveObjects)),
            Limit = static _ => new(LimitKind.SocketPipelined),
        },
        new("1M live objects of 64 B [other process] memory", Units.BytesPerObject, RuntimeProfile.HandOff)
        {
            Open = LiveMemory,
            Limit = static _ => new(LimitKind.DictionaryItem),
            SmallerIsBetter = true,
        },
        new("4 processes put 800 MB together [other process]", Units.Gigabytes, RuntimeProfile.HandOff)
        {
            Open = PutTogether,
            Limit = static scale => new(LimitKind.ProcessCopies, scale.Bytes(BenchmarkScale.LargeBytes)),
        },
        new("first fill of a fresh store with 800 MB", Units.Gigabytes, RuntimeProfile.HandOff)
        {
            Open = FirstFill,
            Limit = static scale => new(LimitKind.FirstTouch, scale.Bytes(BenchmarkScale.LargeBytes)),
        },
        new("first fill of a fresh store with 800 MB [other process]", Units.Gigabytes, RuntimeProfile.HandOff)
        {
            Open = FirstFillFromClient,
            Limit = static scale => new(LimitKind.FirstTouch, scale.Bytes(BenchmarkScale.LargeBytes)),
        },
    ];

    private static StoreKey Key(long number) => new(1, (ulong)number, 0);

    private static RateRun PutSync(LineContext context)
    {
        ServedStore store = new(SmallCapacity);
        byte[] value = new byte[SmallBytes];
        long number = 0;
        return new RateRun(context.Scale, () => store.Client.Put(Key(number++), value), 1, store.Dispose);
    }

    private static RateRun GetSync(LineContext context, bool inPlace)
    {
        ServedStore store = new(SmallCapacity);
        store.Client.Put(Key(0), new byte[SmallBytes]);
        return new RateRun(context.Scale, Get, 1, store.Dispose);

        void Get()
        {
            using SharedObject value = store.Client.Get(Key(0), inPlace: inPlace);
            Expect.Equal(SmallBytes, value.Length);
        }
    }

    /// <summary>Each round deletes what it has put, within the time that counts, so that there are always as many objects as were there before.</summary>
    private static RateRun PutAsync(LineContext context, int live)
    {
        ServedStore store = new(SmallCapacity);
        PutLive(store.Client, live);
        byte[] value = new byte[SmallBytes];
        ValueTask[] puts = new ValueTask[InFlight];
        ValueTask<bool>[] deletes = new ValueTask<bool>[InFlight];
        long number = live;
        return new RateRun(context.Scale, Round, InFlight, store.Dispose);

        void Round()
        {
            for (int i = 0; i < InFlight; i++)
            {
                puts[i] = store.Client.PutAsync(Key(number + i), value);
            }

            Array.ForEach(puts, static put => Wait(put));
            for (int i = 0; i < InFlight; i++)
            {
                deletes[i] = store.Client.DeleteAsync(Key(number + i));
            }

            for (int i = 0; i < InFlight; i++)
            {
                Expect.Equal(1, (deletes[i].IsCompleted ? deletes[i].Result : deletes[i].AsTask().GetAwaiter().GetResult()) ? 1 : 0);
            }

            number += InFlight;
        }
    }

    private static RateRun GetAsync(LineContext context)
    {
        ServedStore store = new(SmallCapacity);
        PutLive(store.Client, InFlight);
        ValueTask<SharedObject>[] gets = new ValueTask<SharedObject>[InFlight];
        return new RateRun(context.Scale, Round, InFlight, store.Dispose);

        void Round()
        {
            for (int i = 0; i < InFlight; i++)
            {
                gets[i] = store.Client.GetAsync(Key(i));
            }

            for (int i = 0; i < InFlight; i++)
            {
                using SharedObject value = gets[i].IsCompleted ? gets[i].Result : gets[i].AsTask().GetAwaiter().GetResult();
                Expect.Equal(SmallBytes, value.Length);
            }
        }
    }

    /// <summary>A sample is a store of its own.</summary>
    private static TimedRun LiveMemory(LineContext context)
    {
        int count = context.Scale.Count(LiveObjects);
        return new TimedRun(
            () => Measure(Math.Max(1, count / 100)),
            () => Measure(count));

        static double Measure(int count)
        {
            using ServedStore store = new(SmallCapacity);
            PutLive(store.Client, Math.Min(count, InFlight));
            long before = store.ResidentBytes();
            PutLive(store.Client, count, first: InFlight);
            return Math.Max(1, (store.ResidentBytes() - before) / (double)count);
        }
    }

    private static RateRun PutTogether(LineContext context)
    {
        long bytes = context.Scale.Bytes(BenchmarkScale.LargeBytes);
        long part = bytes / Processes;
        ServedStore store = new(bytes + Slack);
        PartGroup group = new(
            Processes,
            number => [PartCommands.Put, store.SocketPath, part.ToString(CultureInfo.InvariantCulture), number.ToString(CultureInfo.InvariantCulture)],
            store);
        return new RateRun(context.Scale, group.Run, part * Processes / BytesPerGigabyte, group.Dispose);
    }

    private static TimedRun FirstFill(LineContext context)
    {
        long[] numbers = context.Data.Numbers(context.Scale.Bytes(BenchmarkScale.LargeBytes));
        return new TimedRun(() => Fill(numbers), () => Fill(numbers));

        static double Fill(long[] numbers)
        {
            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(numbers.AsSpan());
            using SharedMemoryStore store = SharedMemoryStore.Create(new ArenaOptions { CapacityBytes = bytes.Length + Slack });
            long start = Stopwatch.GetTimestamp();
            StoreBlock block = store.Create(bytes.Length);
            block.Write(0, bytes);
            block.Seal();
            return bytes.Length / BytesPerGigabyte / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }

    private static TimedRun FirstFillFromClient(LineContext context)
    {
        long[] numbers = context.Data.Numbers(context.Scale.Bytes(BenchmarkScale.LargeBytes));
        return new TimedRun(() => Fill(numbers), () => Fill(numbers));

        static double Fill(long[] numbers)
        {
            ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes(numbers.AsSpan());
            using ServedStore store = new(bytes.Length + Slack);
            long start = Stopwatch.GetTimestamp();
            store.Client.Put(Key(0), bytes);
            return bytes.Length / BytesPerGigabyte / Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }

    private static void PutLive(StoreClient client, int count, int first = 0)
    {
        byte[] value = new byte[SmallBytes];
        List<ValueTask> puts = [];
        for (int i = 0; i < count; i++)
        {
            puts.Add(client.PutAsync(Key(first + i), value));
            if (puts.Count == InFlight || i == count - 1)
            {
                puts.ForEach(static put => Wait(put));
                puts.Clear();
            }
        }
    }

    private static void Wait(ValueTask task)
    {
        if (task.IsCompleted)
        {
            task.GetAwaiter().GetResult();
        }
        else
        {
            task.AsTask().GetAwaiter().GetResult();
        }
    }
}
