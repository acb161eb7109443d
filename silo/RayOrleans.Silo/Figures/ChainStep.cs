using System.Diagnostics;
using System.Globalization;

namespace RayOrleans.Silo.Figures;

/// <summary>One task of a chain: as long as the paper's, with a result that must be kept in an object store, and a note of having run.</summary>
internal static class ChainStep
{
    /// <summary>How long each task takes.</summary>
    public const int Milliseconds = 100;

    /// <summary>Too large to travel with the message that says that the task has ended: such a result is lost with the node that made it.</summary>
    private const int ResultLength = 32 * 1024;

    private const long Prime = 1_099_511_628_211;
    private static readonly Lock Writing = new();

    /// <summary>The first value of a chain.</summary>
    public static long FirstOf(int chain, int round) => unchecked((chain * 7919L) + (round * 104_729L));

    /// <summary>What a link makes of the value before it.</summary>
    public static long Next(long value, int link) => unchecked(((value ^ link) * Prime) ^ (value >>> 31));

    /// <summary>The task that begins a chain.</summary>
    public static long[] Begin(ChainPlace place) => Run(place, FirstOf(place.Chain, place.Round));

    /// <summary>The task that goes on with one.</summary>
    public static long[] Continue(ChainPlace place, long[] before)
    {
        if (before.Length != ResultLength || Array.Exists(before, n => n != before[0]))
        {
            throw new InvalidDataException($"Link {place.Link} of chain {place.Chain} got a damaged value.");
        }

        return Run(place, before[0]);
    }

    private static long[] Run(ChainPlace place, long value)
    {
        long start = Stopwatch.GetTimestamp();
        long[] result = new long[ResultLength];
        Array.Fill(result, Next(value, place.Link));
        TimeSpan rest = TimeSpan.FromMilliseconds(Milliseconds) - Stopwatch.GetElapsedTime(start);
        Ray.Context.CancellationToken.WaitHandle.WaitOne(rest > TimeSpan.Zero ? rest : TimeSpan.Zero);
        Note(place);
        return result;
    }

    /// <summary>A line in this process's file: what it wrote is kept by the kernel, however the process ends.</summary>
    private static void Note(ChainPlace place)
    {
        string path = Path.Combine(place.Folder, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}.runs"));
        lock (Writing)
        {
            File.AppendAllText(path, string.Create(CultureInfo.InvariantCulture, $"{DateTime.UtcNow.Ticks} {place.Chain} {place.Round} {place.Link}\n"));
        }
    }
}
