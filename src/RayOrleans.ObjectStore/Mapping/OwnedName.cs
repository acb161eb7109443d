using System.Diagnostics;
using System.Globalization;

namespace RayOrleans.ObjectStore;

/// <summary>The name of a file or directory that tells which process owns it: process id and start time, so that a recycled id is not taken for the owner.</summary>
internal readonly record struct OwnedName(int ProcessId, long StartTime, int Number, string Suffix)
{
    public const string Prefix = "rayorleans-store-";
    public const string ArenaSuffix = ".arena";
    public const string SocketSuffix = ".socket";
    private static int s_number;

    public static OwnedName Next(string suffix)
    {
        int self = Environment.ProcessId;
        return new OwnedName(self, StartTimeOf(self) ?? 0, Interlocked.Increment(ref s_number), suffix);
    }

    public static bool TryParse(string name, string suffix, out OwnedName parsed)
    {
        parsed = default;
        if (!name.StartsWith(Prefix, StringComparison.Ordinal) || !name.EndsWith(suffix, StringComparison.Ordinal))
            return false;
        string[] parts = name[Prefix.Length..^suffix.Length].Split('-');
        if (parts.Length != 3
            || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out int process)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out long start)
            || !int.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            return false;
        parsed = new OwnedName(process, start, number, suffix);
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
