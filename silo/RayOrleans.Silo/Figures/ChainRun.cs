using System.Globalization;

namespace RayOrleans.Silo.Figures;

/// <summary>One run of a chain's task, as the process that ran it noted it.</summary>
/// <param name="Time">When it ended.</param>
/// <param name="Chain">The chain.</param>
/// <param name="Round">Which of those that follow each other.</param>
/// <param name="Link">The task's number in it.</param>
internal readonly record struct ChainRun(DateTime Time, int Chain, int Round, int Link)
{
    /// <summary>Everything that was noted, in the order of time.</summary>
    public static IReadOnlyList<ChainRun> ReadAll(string folder) =>
        [.. Directory.EnumerateFiles(folder, "*.runs").SelectMany(ReadFile).OrderBy(static run => run.Time)];

    private static IEnumerable<ChainRun> ReadFile(string path)
    {
        string text = File.ReadAllText(path);

        // A process that was killed may have left half a line.
        foreach (string line in text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            long[] parts = [.. line.Split(' ').Select(static part => long.Parse(part, CultureInfo.InvariantCulture))];
            yield return new ChainRun(new DateTime(parts[0], DateTimeKind.Utc), (int)parts[1], (int)parts[2], (int)parts[3]);
        }
    }
}
