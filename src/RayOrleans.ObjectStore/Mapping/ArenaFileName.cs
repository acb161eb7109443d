using System.Diagnostics;
using System.Globalization;

namespace RayOrleans.ObjectStore;

/// <summary>A file name that tells which process owns it: process id and start time, so that a recycled id is not taken for the owner.</summary>
internal readonly record struct ArenaFileName(int ProcessId, long StartTime, int Number)
{
    public const string Prefix = "rayorleans-store-";
    private const string Suffix = ".arena";
    private static int s_number;

    public static ArenaFileName Next()
    {
        int self = Environment.ProcessId;
        return new ArenaFileName(self, StartTimeOf(self) ?? 0, Interlocked.Increment(ref s_number));
    }

    public static bool TryParse(string name, out ArenaFileName parsed)
    {
        parsed = default;
        if (!name.StartsWith(Prefix, StringComparison.Ordinal) || !name.EndsWith(Suffix, StringComparison.Ordinal))
            return false;
        string[] parts = name[Prefix.Length..^Suffix.Length].Split('-');
        if (parts.Length != 3
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int process)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long start)
            || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return false;
        parsed = new ArenaFileName(process, start, number);
        return true;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{ProcessId}-{StartTime}-{Number}{Suffix}");

    public bool OwnerIsAlive() => StartTimeOf(ProcessId) == StartTime;

    /// <summary>When the process started, in the system's own unit, or null when there is no such process.</summary>
    internal static long? StartTimeOf(int process)
    {
        try
        {
            if (OperatingSystem.IsLinux())
            {
                // Field 22; the second field is the command in parentheses and may itself contain blanks.
                string stat = File.ReadAllText($"/proc/{process}/stat");
                return long.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[19], CultureInfo.InvariantCulture);
            }

            using Process found = Process.GetProcessById(process);
            return found.StartTime.ToUniversalTime().Ticks;
        }
        catch (Exception error) when (error is IOException or ArgumentException or InvalidOperationException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
