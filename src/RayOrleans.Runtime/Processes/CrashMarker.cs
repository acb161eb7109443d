using System.Globalization;
using RayOrleans.Core;

namespace RayOrleans.Runtime.Processes;

/// <summary>The last line that a worker process writes to its standard error: which attempt's code has ended it. Its node takes the line out.</summary>
internal static class CrashMarker
{
    private const string Prefix = "rayorleans: this process was ended by task ";

    /// <summary>In a worker process: exits and unhandled exceptions are told of, on the thread and in the flow where they happen.</summary>
    public static void Install()
    {
        AppDomain.CurrentDomain.UnhandledException += static (_, _) => Write();
        AppDomain.CurrentDomain.ProcessExit += static (_, _) => Write();
    }

    /// <summary>The line of an attempt.</summary>
    public static string LineOf(Attempt attempt) => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{attempt.Task.TaskId} attempt {attempt.Number}");

    /// <summary>Reads the line; false: it is another one.</summary>
    public static bool TryRead(string line, out TaskId task, out int attempt)
    {
        task = default;
        attempt = 0;
        if (!line.StartsWith(Prefix, StringComparison.Ordinal) || line[Prefix.Length..].Split(" attempt ") is not [{ Length: 32 } id, string number]
            || !ulong.TryParse(id.AsSpan(0, 16), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong high)
            || !ulong.TryParse(id.AsSpan(16), NumberStyles.HexNumber, CultureInfo.InvariantCulture, out ulong low)
            || !int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out attempt))
        {
            return false;
        }

        task = new TaskId(high, low);
        return true;
    }

    private static void Write()
    {
        if (RayAmbient.Current is TaskScope scope)
        {
            Console.Error.WriteLine(LineOf(scope.Attempt));
            Console.Error.Flush();
        }
    }
}
